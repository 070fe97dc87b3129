package io.archipelago.agent.drivers.cache;

import io.archipelago.agent.drivers.Beat;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks proxies how they are, at most once in a {@link Beat}, each question in a thread of its own: one that hangs keeps nobody waiting
 * for long, and is asked no second time meanwhile.
 */
final class Questions {

    /** What is waited for the first answer: until then nothing is known of a proxy that may have been there for long. */
    static final Duration AT_FIRST = Duration.ofSeconds(3);

    /** What is waited for every other: in the meantime what it said last is good enough. */
    static final Duration LATER = Duration.ofMillis(500);

    private final Beat beat;
    private final Map<ResourceKey, Answer> answers = new HashMap<>();
    private final Map<ResourceKey, CompletableFuture<Answer>> open = new HashMap<>();

    Questions(Beat beat) {
        this.beat = beat;
    }

    /**
     * What a proxy said.
     *
     * @param pid of its process
     * @param at when it was asked
     * @param details what it has done
     * @param fault why it did not answer; empty if it did
     * @param on whether machines were led through it
     */
    record Answer(long pid, Instant at, Map<String, String> details, String fault, boolean on) {

        Answer {
            details = Map.copyOf(details);
        }
    }

    /** The last answer of a process; nothing if it gave none yet. */
    @Nullable
    Answer last(ResourceKey key, long pid) {
        Answer last = answers.get(key);
        return last != null && last.pid() == pid ? last : null;
    }

    /** The last answer, after the proxy was asked if that was due. */
    @Nullable
    Answer ask(ResourceKey key, long pid, Instant now, Supplier<Answer> question) {
        Answer last = last(key, pid);
        CompletableFuture<Answer> asked = open.get(key);
        if (asked != null) {
            take(key, asked, Duration.ZERO);
        } else if (last == null || beat.isDue(key, last.at(), now)) {
            asked = new CompletableFuture<Answer>();
            open.put(key, asked);
            begin(asked, question);
            take(key, asked, last == null ? AT_FIRST : LATER);
        }
        return last(key, pid);
    }

    /** Notes what is known without a question; what was asked before does not count any more. */
    void note(ResourceKey key, Answer answer) {
        answers.put(key, answer);
        open.remove(key);
    }

    /** The same if nothing is known any more. */
    void forget(ResourceKey key) {
        answers.remove(key);
        open.remove(key);
    }

    private static void begin(CompletableFuture<Answer> asked, Supplier<Answer> question) {
        Thread.ofVirtual().name("cache").start(() -> {
            try {
                asked.complete(question.get());
            } catch (RuntimeException e) {
                asked.completeExceptionally(e);
            }
        });
    }

    private void take(ResourceKey key, CompletableFuture<Answer> asked, Duration patience) {
        try {
            answers.put(key, asked.get(patience.toMillis(), TimeUnit.MILLISECONDS));
            open.remove(key);
        } catch (TimeoutException e) {
            // It is asked for at the next look.
        } catch (ExecutionException e) {
            open.remove(key);
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
