package io.archipelago.storage.persistence;

import io.archipelago.bus.Tx;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HexFormat;

/** The site's key for CHAP secrets, made once. */
@ApplicationScoped
public class ChapKeyStore {

    private static final String MAKE = """
            insert into chap_key (key) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
            on conflict do nothing
            """;

    /** The key; made by the database if there is none yet. */
    public Uni<byte[]> key(Tx tx) {
        return tx.session()
                .createNativeQuery(MAKE)
                .executeUpdate()
                .chain(() -> tx.session()
                        .<String>createNativeQuery("select encode(key, 'hex') from chap_key")
                        .getSingleResult())
                .map(HexFormat.of()::parseHex);
    }
}
