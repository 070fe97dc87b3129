package io.archipelago.bus;

import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Picks up the due rows of one kind, a few side by side. Its state belongs to one event loop. */
final class DueLoop {

    private static final Logger LOG = Logger.getLogger(DueLoop.class);
    // Timers count from 0, and the first one may be anybody's.
    private static final long NO_TIMER = -1;
    private static final int AT_ONCE = 4;
    private static final int PER_SWEEP = 400;
    private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

    private final Vertx vertx;
    private final Context context;
    private final Pool pool;
    private final UnitOfWork unitOfWork;
    private final BusConfig config;
    private final String name;
    private final String anyDue;
    private final String claim;
    private final DueWork.Handler handler;

    /** Rows that this sweep leaves alone: they rest after a failure, or were handled, and if still due wait for the next sweep. */
    private final Set<String> taken = new HashSet<>();

    private final Map<String, Failed> failed = new HashMap<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int open;
    private int handled;
    private int workers;
    private boolean looking;
    private boolean more;
    private boolean running;
    private long timer = NO_TIMER;

    private record Failed(int times, Instant restsUntil) {}

    DueLoop(
            Vertx vertx,
            Pool pool,
            UnitOfWork unitOfWork,
            BusConfig config,
            String name,
            DueRows rows,
            DueWork.Handler handler) {
        this.vertx = vertx;
        this.pool = pool;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.unitOfWork = unitOfWork;
        this.config = config;
        this.name = name;
        this.anyDue = rows.anyDue();
        this.claim = rows.claim();
        this.handler = handler;
    }

    void start() {
        onLoop(() -> {
            running = true;
            sweep();
        });
    }

    /** Begins nothing more. Completes when all that was begun has ended, also what nobody waited for any longer. */
    CompletionStage<Void> stop() {
        onLoop(() -> {
            running = false;
            endIfIdle();
        });
        return ended;
    }

    private void sweep() {
        if (!running) {
            return;
        }
        if (looking || workers > 0) {
            more = true;
            return;
        }
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
        more = false;
        looking = true;
        // Mostly nothing is due, and to know that takes no transaction.
        pool.preparedQuery(anyDue)
                .execute()
                .timeout(config.relay().patience().toMillis(), TimeUnit.MILLISECONDS)
                .map(found -> found.iterator().next().getBoolean(0))
                .onComplete(looked -> onLoop(() -> looked(looked)));
    }

    private void looked(AsyncResult<Boolean> due) {
        looking = false;
        if (due.failed()) {
            LOG.warnf("%s waits for the database: %s", name, due.cause().getMessage());
        }
        if (due.succeeded() && due.result()) {
            work();
        } else {
            rest();
        }
    }

    private void work() {
        taken.clear();
        handled = 0;
        Instant now = Instant.now();
        failed.values()
                .removeIf(failure -> failure.restsUntil().plus(FORGET_AFTER).isBefore(now));
        failed.forEach((id, failure) -> {
            if (failure.restsUntil().isAfter(now)) {
                taken.add(id);
            }
        });
        workers = AT_ONCE;
        for (int worker = 0; worker < AT_ONCE; worker++) {
            next();
        }
    }

    private void next() {
        if (!running || handled >= PER_SWEEP) {
            more |= running;
            finish();
            return;
        }
        String skip = Json.write(taken);
        AtomicReference<@Nullable String> claimed = new AtomicReference<>();
        open++;
        unitOfWork
                .inTransaction(tx -> claim(tx, skip).chain(id -> {
                    claimed.set(id);
                    return id == null ? Uni.createFrom().voidItem() : handler.handle(tx, id);
                }))
                .onTermination()
                .invoke(() -> onLoop(this::closed))
                // Who gives up waiting ends nothing.
                .memoize()
                .indefinitely()
                .ifNoItem()
                .after(config.due().patience())
                .failWith(() ->
                        new TimeoutException("no answer within " + config.due().patience()))
                .subscribe()
                .with(
                        ignored -> onLoop(() -> handled(claimed.get())),
                        failure -> onLoop(() -> failed(claimed.get(), failure)));
    }

    private void closed() {
        open--;
        endIfIdle();
    }

    private void endIfIdle() {
        if (!running && open == 0) {
            ended.complete(null);
        }
    }

    private Uni<@Nullable String> claim(Tx tx, String skip) {
        return tx.session()
                .<String>createNativeQuery(claim)
                .setParameter("skip", skip)
                .getSingleResultOrNull();
    }

    private void handled(@Nullable String id) {
        if (id == null) {
            finish();
        } else {
            failed.remove(id);
            done(id);
        }
    }

    private void failed(@Nullable String id, Throwable failure) {
        if (id == null || Faults.isInfrastructure(failure)) {
            LOG.warnf("%s waits for the database: %s", name, failure.getMessage());
            finish();
            return;
        }
        int times = failed.containsKey(id) ? failed.get(id).times() + 1 : 1;
        Duration rest = Pause.of(config.backoff(), times, ThreadLocalRandom.current());
        LOG.errorf(failure, "%s could not be done, attempt %d", name, times);
        failed.put(id, new Failed(times, Instant.now().plus(rest)));
        done(id);
    }

    private void done(String id) {
        taken.add(id);
        handled++;
        next();
    }

    private void finish() {
        workers--;
        if (workers == 0) {
            rest();
        }
    }

    private void rest() {
        if (!running) {
            return;
        }
        if (more) {
            sweep();
        } else {
            timer = vertx.setTimer(config.due().interval().toMillis(), ignored -> onLoop(this::sweep));
        }
    }

    private void onLoop(Runnable action) {
        context.runOnContext(ignored -> action.run());
    }
}
