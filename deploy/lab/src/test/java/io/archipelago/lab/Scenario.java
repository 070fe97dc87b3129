package io.archipelago.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Something that happens to a running lab. Whatever clusters it has made are given back after it, and every host must be as before. */
@FunctionalInterface
interface Scenario {
    void play() throws Exception;

    /** All of them at the same time, each to its end; whatever failed is told of. */
    static Scenario atOnce(List<Scenario> scenarios) {
        return () -> {
            AssertionError failed = new AssertionError("not all that was played at once went well");
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> all = new ArrayList<>();
                for (Scenario scenario : scenarios) {
                    all.add(threads.submit((Callable<@Nullable Void>) () -> {
                        scenario.play();
                        return null;
                    }));
                }
                for (Future<?> each : all) {
                    try {
                        each.get();
                    } catch (ExecutionException e) {
                        failed.addSuppressed(e.getCause());
                    }
                }
            }
            if (failed.getSuppressed().length > 0) {
                throw failed;
            }
        };
    }
}
