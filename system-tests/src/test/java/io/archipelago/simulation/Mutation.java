package io.archipelago.simulation;

/** What is broken on purpose, to prove that the simulation would notice. */
enum Mutation {
    /** A participant chooses without locking the pools. */
    NO_POOL_LOCK,
    /** A transaction reads a row without locking it: updates are lost. */
    NO_ROW_LOCK,
    /** What is on hosts is read before the part's row is locked, and not again. */
    READ_BEFORE_LOCK,
    /** A message that comes again takes effect again. */
    INBOX_FORGETS,
    /** Now and then the relay deletes a row that it did not send. */
    RELAY_LOSES,
    /** Messages leave although their transaction rolls back. */
    SENT_BEFORE_COMMIT,
    /** What comes again under the same sequence is taken for something new. */
    SEQUENCE_FORGOTTEN,
    /** Two transactions may take the same place in what is said to a peer. */
    STREAM_NOT_LOCKED,
    /** The reader's position is moved in a transaction of its own, and now and then the effect's rolls back. */
    POSITION_BEFORE_EFFECT,
    /** A participant books what it is only asked about. */
    PROBE_BOOKS,
    /** Holds that have run out are not swept. */
    SWEEPER_STOPS,
    /** A hold is confirmed after it has run out. */
    LATE_CONFIRM,
    /** Bookings are given back when removal is asked for, not when it was seen. */
    GONE_UNSEEN,
    /** What a lease no longer has is given back when it is to go, not when it was seen gone. */
    LEFTOVERS_NOT_BOOKED,
    /** A master takes it for so that a cluster is otherwise, though a site can not. */
    CHANGE_AGREED_ALONE,
    /** A master does not tell the other sites when one of them gives other machines. */
    NEWS_NOT_SPREAD,
    /** The machines of a host are replaced when it is silent, not when it is dead. */
    SILENT_REPLACED,
    /** Timers live in memory only: a restart forgets them. */
    TIMERS_IN_MEMORY,
    /** Sites never tell each other what they believe. */
    NO_DIGESTS,
    /** The reservation at which a page begins is in no page. */
    PAGES_DO_NOT_JOIN,
    /** A site takes a page for everything that another believes. */
    PAGE_TAKEN_FOR_THE_WHOLE,
    /** A lease that its master does not know is ended to settle the matter. */
    ORPHANS_ENDED,
    /** A service does not look at its start whether its database was set back. */
    SET_BACK_UNNOTICED,
    /** A site whose database was set back goes on numbering what it tells participants where the copy ended. */
    FLOOR_FORGOTTEN,
    /** An agent takes a segment away while machines stand on it. */
    AGENT_IGNORES_USERS,
    /** An agent that hears nothing goes on after the end of a lease. */
    AGENT_IGNORES_THE_END,
    /** An agent does not remember what its owners were done with. */
    AGENT_FORGETS,
    /** A host is called dead when its disks are to be revoked, not when it was seen. */
    FENCED_UNSEEN,
    /** What participants say of dead hosts is not heard. */
    DEATH_UNHEARD,
    /** A host that was dead is booked again before it is clean. */
    BACK_UNCLEAN,
    /** A service that was down, or is behind, takes its own deafness for the hosts' silence. */
    JUDGED_WITHOUT_LISTENING,
    /** A site does not hear where its participants have moved what it gives. */
    MOVES_UNHEARD,
    /** What is wanted is not published again where an agent does not know it. */
    NEVER_PUBLISHED_AGAIN
}
