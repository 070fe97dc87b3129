package io.archipelago.simulation;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.federation.StreamPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A transaction, step by step. Between two steps others may run; a crash between any two leaves nothing of it. Nothing of what it writes is seen
 * before it commits.
 */
final class Transaction {

    /** How often another may run between two steps. */
    private static final double PAUSES = 0.3;

    private static final Object POOLS = "pools";

    private record InboxRow(long id) {}

    private record StreamRow(SiteId to) {}

    private record Outgoing(
            String topic, Object key, @Nullable SiteId to, Supplier<@Nullable Message> message) {}

    private enum Step {
        BEGIN,
        INBOX,
        ROWS,
        POOLS,
        DECIDE,
        STREAMS,
        COMMIT
    }

    /** How it ended. */
    enum End {
        COMMITTED,
        /** A row was locked by another, and the work was not to wait. */
        SKIPPED,
        ROLLED_BACK
    }

    private final Service service;
    private final Work work;
    private final List<Object> locked = new ArrayList<>();
    private final List<Runnable> writes = new ArrayList<>();
    private final List<Runnable> checks = new ArrayList<>();
    private final List<Outgoing> outgoing = new ArrayList<>();
    private final List<Posted> leaked = new ArrayList<>();
    private Step step = Step.BEGIN;
    private int rowsLocked;
    private boolean paused;
    private boolean over;
    private Instant now = Instant.EPOCH;

    Transaction(Service service, Work work) {
        this.service = service;
        this.work = work;
    }

    /** When it began, by the database's clock; as in production it is read once, before any lock. */
    Instant now() {
        return now;
    }

    Work work() {
        return work;
    }

    /** Takes effect at commit. */
    void write(Runnable write) {
        writes.add(write);
    }

    /** Looks at what was committed. */
    void check(Runnable check) {
        checks.add(check);
    }

    void send(String topic, Object key, Message message) {
        outgoing.add(new Outgoing(topic, key, null, () -> message));
    }

    void sendToSite(SiteId site, Message message) {
        sendToSite(site, () -> message);
    }

    /** Says what is found out only when it has its place. */
    void sendToSite(SiteId site, Supplier<@Nullable Message> message) {
        outgoing.add(new Outgoing(service.world().federationTo(site), site, site, message));
    }

    void tombstone(String topic, Object key) {
        outgoing.add(new Outgoing(topic, key, null, () -> null));
    }

    /** Goes on as far as it can. */
    void proceed() {
        while (!over) {
            if (!paused && service.world().dice().chance(PAUSES)) {
                paused = true;
                service.world().scheduler().after(service.world().latency(), this::proceed);
                return;
            }
            paused = false;
            if (!take()) {
                return;
            }
        }
    }

    /** Takes one step; false if it waits for a lock or is over. */
    private boolean take() {
        Database database = service.database();
        switch (step) {
            case BEGIN -> {
                now = service.now();
                step = Step.INBOX;
            }
            case INBOX -> {
                if (work.inbox() != 0) {
                    if (!lock(new InboxRow(work.inbox()))) {
                        return false;
                    }
                    if (database.inbox.contains(work.inbox())
                            && !service.world().broken(Mutation.INBOX_FORGETS)) {
                        service.world().did(Deed.DUPLICATE_MESSAGE);
                        return end(End.COMMITTED);
                    }
                    writes.add(() -> database.inbox.add(work.inbox()));
                }
                step = Step.ROWS;
            }
            case ROWS -> {
                if (rowsLocked == work.rows().size() || service.world().broken(Mutation.NO_ROW_LOCK)) {
                    step = Step.POOLS;
                    return true;
                }
                Object row = work.rows().get(rowsLocked);
                if (work.skipLocked() && !database.lockUnlessLocked(row, this)) {
                    return end(End.SKIPPED);
                }
                if (!lock(row)) {
                    return false;
                }
                rowsLocked++;
            }
            case POOLS -> {
                if (work.pools().getAsBoolean() && !service.world().broken(Mutation.NO_POOL_LOCK) && !lock(POOLS)) {
                    return false;
                }
                step = Step.DECIDE;
            }
            case DECIDE -> {
                work.decide().accept(this);
                if (over) {
                    return false;
                }
                leak();
                step = Step.STREAMS;
            }
            case STREAMS -> {
                for (SiteId to : peers()) {
                    if (!service.world().broken(Mutation.STREAM_NOT_LOCKED) && !lock(new StreamRow(to))) {
                        return false;
                    }
                }
                List<Posted> posted = posted();
                if (!posted.isEmpty()) {
                    writes.add(() -> service.relay().accept(posted));
                }
                step = Step.COMMIT;
            }
            case COMMIT -> {
                writes.forEach(Runnable::run);
                checks.forEach(Runnable::run);
                return end(End.COMMITTED);
            }
        }
        return true;
    }

    /** A crash: nothing of it remains. */
    void rollBack() {
        if (!over) {
            service.world().did(Deed.ROLLED_BACK);
            end(End.ROLLED_BACK);
        }
    }

    private boolean end(End how) {
        over = true;
        for (Object row : locked) {
            Transaction next = service.database().unlock(row, this);
            if (next != null) {
                service.world().scheduler().after(1, next::proceed);
            }
        }
        service.ended(this, how);
        return false;
    }

    private boolean lock(Object row) {
        if (!locked.contains(row)) {
            locked.add(row);
            boolean free = service.database().lock(row, this);
            if (!free) {
                service.world().did(Deed.WAITED_FOR_A_LOCK);
            }
            return free;
        }
        return true;
    }

    private List<SiteId> peers() {
        return outgoing.stream()
                .map(Outgoing::to)
                .filter(to -> to != null)
                .distinct()
                .sorted()
                .toList();
    }

    /** Numbers what is said to sites on from what was committed: the streams are locked until this transaction ends. */
    private List<Posted> posted() {
        TreeMap<SiteId, Long> last = new TreeMap<>();
        List<Posted> posted = new ArrayList<>(outgoing.size());
        for (Outgoing each : outgoing) {
            StreamPosition position = null;
            SiteId to = each.to();
            if (to != null) {
                long place = last.getOrDefault(to, service.database().said.getOrDefault(to, 0L)) + 1;
                last.put(to, place);
                position = new StreamPosition(
                        service.site().id(), service.database().epochs.getOrDefault(to, 1L), place);
            }
            posted.add(new Posted(
                    service.world().newMessageId(),
                    each.topic(),
                    each.key(),
                    position,
                    each.message().get()));
        }
        writes.add(() -> service.database().said.putAll(last));
        return posted;
    }

    /** Only if that is broken: what is said leaves before the commit. */
    private void leak() {
        if (service.world().broken(Mutation.SENT_BEFORE_COMMIT) && peers().isEmpty()) {
            leaked.addAll(posted());
            outgoing.clear();
            service.relay().accept(leaked);
        }
    }
}
