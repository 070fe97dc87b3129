package io.archipelago.bus;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on a duplicated event-loop context of its own, whatever thread asks for it. A reactive session lives on one such context and
 * on no other; two pieces of work that shared one would share the session.
 */
final class FreshContext {

    private FreshContext() {}

    /** The work's outcome, given back on the caller's context if it has one. The work is not cancelled halfway. */
    static <T> Uni<T> run(Vertx vertx, Supplier<Uni<T>> work) {
        return Uni.createFrom().emitter(emitter -> {
            Context caller = Vertx.currentContext();
            Map<LogContext.Key, String> log = LogContext.copy();
            Context fresh = VertxContext.createNewDuplicatedContext(eventLoop(vertx, caller));
            VertxContextSafetyToggle.setContextSafe(fresh, true);
            fresh.runOnContext(ignored -> {
                LogContext.replaceBy(log);
                Uni<T> outcome;
                try {
                    outcome = work.get();
                } catch (RuntimeException e) {
                    outcome = Uni.createFrom().failure(e);
                }
                outcome.subscribe()
                        .with(item -> back(caller, emitter, item), failure -> on(caller, () -> emitter.fail(failure)));
            });
        });
    }

    private static <T> void back(@Nullable Context caller, UniEmitter<? super T> emitter, T item) {
        on(caller, () -> emitter.complete(item));
    }

    private static void on(@Nullable Context caller, Runnable report) {
        if (caller == null) {
            report.run();
        } else {
            caller.runOnContext(ignored -> report.run());
        }
    }

    private static Context eventLoop(Vertx vertx, @Nullable Context caller) {
        if (caller != null && caller.isEventLoopContext()) {
            return caller;
        }
        return ((VertxInternal) vertx).createEventLoopContext();
    }
}
