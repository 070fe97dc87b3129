package io.archipelago.storage.app;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.participant.app.HostKeys;
import io.archipelago.storage.StorageConfig;
import io.archipelago.storage.domain.StorageLogic;
import io.archipelago.storage.persistence.ChapKeyStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Makes storage a participant. */
class StorageStart {

    private static final Duration START_WITHIN = Duration.ofSeconds(30);

    @Produces
    @Singleton
    ParticipantLogic logic(StorageConfig config, UnitOfWork unitOfWork, ChapKeyStore keys, HostKeys hosts) {
        if (config.extentBytes() < 1) {
            throw new IllegalArgumentException(
                    "storage.extent-bytes is a number of bytes from 1 up, not " + config.extentBytes());
        }
        byte[] siteKey = unitOfWork.inTransaction(keys::key).await().atMost(START_WITHIN);
        return new StorageLogic(new SealedChapSecrets(siteKey, hosts), config.extentBytes());
    }
}
