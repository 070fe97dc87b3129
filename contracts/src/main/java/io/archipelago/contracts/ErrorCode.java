package io.archipelago.contracts;

import java.util.Locale;

/** Why something was refused, as a stable name for programs: {@code /problems/<wire name>} in REST, {@code code} in messages. */
public enum ErrorCode {
    /** The body or a parameter breaks a rule; the problem names each field. */
    INVALID_REQUEST(Category.USER, false),
    /** No valid sign-on came with the request. */
    UNAUTHENTICATED(Category.USER, false),
    /** The role does not allow this. */
    FORBIDDEN(Category.USER, false),
    /** No such thing, or not the caller's. */
    NOT_FOUND(Category.USER, false),
    /** The idempotency key was used with another body. */
    IDEMPOTENCY_KEY_REUSED(Category.USER, false),
    /** The thing has moved on; read it again. */
    CONFLICT(Category.CONFLICT, true),
    /** The thing has moved on since the version that the caller named as the one that it knows; read it again. */
    STALE(Category.USER, false),
    /** Over the limit that the administrator set for one cluster or tenant. */
    LIMIT_EXCEEDED(Category.USER, false),
    /** As many connections of this kind are open as the administrator allows. */
    TOO_MANY_CONNECTIONS(Category.CAPACITY, true),
    /** Not enough of a resource throughout the window. */
    NO_CAPACITY(Category.CAPACITY, true),
    /** A hold ran out before it was confirmed. */
    HOLD_EXPIRED(Category.CAPACITY, true),
    /** A counter-offer that is no longer held: it ran out, was given up, or made way for somebody's request. */
    OFFER_GONE(Category.USER, false),
    /** A participant or peer did not answer in time. */
    NO_ANSWER(Category.CAPACITY, true),
    /** The request can not be met by this site whatever the load: no such role of host, no such peer. */
    UNSUPPORTED(Category.USER, false),
    /** What an earlier booking left is not yet seen gone; it goes on by itself once it is. */
    WAITING(Category.CAPACITY, true),
    /** A site no longer has a share that it had confirmed; an operator must act. */
    SHARE_LOST(Category.INTERNAL, true),
    /** A resource on a host failed. */
    RESOURCE_FAILED(Category.INTERNAL, true),
    /** Our fault. */
    INTERNAL(Category.INTERNAL, true);

    /** Who can mend it. */
    public enum Category {
        /** The caller, by asking for something else. */
        USER,
        /** The caller, by looking again. */
        CONFLICT,
        /** Time: it may fit later or elsewhere. */
        CAPACITY,
        /** The operator. */
        INTERNAL
    }

    private final Category category;
    private final boolean retryable;

    ErrorCode(Category category, boolean retryable) {
        this.category = category;
        this.retryable = retryable;
    }

    public Category category() {
        return category;
    }

    /** Whether the same request may succeed later. */
    public boolean retryable() {
        return retryable;
    }

    /** The stable lower-case name, e.g. {@code no-capacity}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
