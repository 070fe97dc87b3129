package io.archipelago.bus;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Whatever is due later is a row with a due time, and this picks it up: each row in a transaction of its own, by one instance at a time,
 * due by the database's clock. Nothing is picked up before the service is wired, or after it began to stop.
 */
@ApplicationScoped
public class DueWork {

    /** What to do about a row that is due and locked. It must move the row's due time, or the row is due again at the next look. */
    @FunctionalInterface
    public interface Handler {
        Uni<Void> handle(Tx tx, String id);
    }

    private static final int STOP_SECONDS = 2;

    private final Vertx vertx;
    private final Pool pool;
    private final UnitOfWork unitOfWork;
    private final BusConfig config;
    private final List<DueLoop> loops = new CopyOnWriteArrayList<>();
    private volatile boolean running;

    DueWork(Vertx vertx, Pool pool, UnitOfWork unitOfWork, BusConfig config) {
        this.vertx = vertx;
        this.pool = pool;
        this.unitOfWork = unitOfWork;
        this.config = config;
    }

    /**
     * Looks for due rows from now on, every {@link BusConfig.Due#interval}. A row whose handling fails is left alone for a while, longer
     * each time, and keeps no other row waiting.
     *
     * @param name for logs
     */
    public void register(String name, DueRows rows, Handler handler) {
        DueLoop loop = new DueLoop(vertx, pool, unitOfWork, config, name, rows, handler);
        loops.add(loop);
        if (running) {
            loop.start();
        }
    }

    void onStart(@Observes @Priority(OutboxRelay.AFTER_ALL_OTHERS) StartupEvent event) {
        running = true;
        loops.forEach(DueLoop::start);
    }

    /** Lets what has begun end, for a moment: what is cut off is rolled back, and due again at the next start. */
    void onStop(@Observes ShutdownEvent event) {
        running = false;
        CompletableFuture<?>[] ends =
                loops.stream().map(loop -> loop.stop().toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(ends)
                .completeOnTimeout(null, STOP_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
