package io.archipelago.simulation;

/** What a sweep must have seen at least once, lest it prove nothing. */
enum Deed {
    SCHEDULED,
    /** After an attempt that failed. */
    SCHEDULED_AT_A_LATER_ATTEMPT,
    /** Machines at all three sites. */
    SCHEDULED_OVER_THREE_SITES,
    ACTIVE,
    DEGRADED,
    REFUSED,
    /** Something else was held for a tenant whose request was refused. */
    OFFER_HELD,
    OFFER_ACCEPTED,
    /** What was held for an offer was given to somebody who asked for it. */
    OFFER_MADE_WAY,
    /** An offer was held and not taken. */
    OFFER_GIVEN_BACK,
    /** All sites would have held what somebody only asked about. */
    PREVIEW_FITS,
    /** Something that somebody only asked about did not fit. */
    PREVIEW_REFUSED,
    /** A tenant wanted a cluster otherwise, and sites were asked. */
    CHANGE_ASKED,
    /** It came to be so. */
    CHANGED,
    /** It could not be. */
    CHANGE_REFUSED,
    CANCELLED,
    ENDED,
    /** A participant refused, and only holds stood in the way. */
    REFUSED_FOR_HOLDS,
    HOLD_RAN_OUT,
    /** The master gave up although every site confirmed, or was about to. */
    GIVEN_UP_WHILE_CONFIRMED,
    WAITED_FOR_PREDECESSOR,
    LEASE_BEGUN_WHILE_CUT_OFF,
    LEASE_ENDED_WHILE_CUT_OFF,
    /** A message came again after it had taken effect. */
    DUPLICATE_MESSAGE,
    /** A command older than one that was seen. */
    OVERTAKEN,
    ROLLED_BACK,
    WAITED_FOR_A_LOCK,
    STOPPED_BY_THE_AGENT_ITSELF,
    /** What came late after its tombstone was not made again. */
    STRAY_IGNORED,
    /** What an agent did not know was published again. */
    PUBLISHED_AGAIN,
    HOST_SUSPECT,
    /** A host was seen cut off from all of its disks. */
    HOST_FENCED,
    HOST_DECLARED_DEAD,
    /** A cluster was told to be degraded, for something of it lay on a lost host. */
    DEGRADED_FOR_A_LOST_HOST,
    /** Machines took the place of those of a dead host. */
    REPLACED,
    /** There was no room for others in the place of those of a dead host. */
    NOT_REPLACED,
    /** The machines of all gateways of a cluster were compared after some had been replaced. */
    NAMES_WERE_CHECKED,
    /** A part was released although something of it lay on a host: that is dead. */
    RELEASED_OVER_A_DEAD_HOST,
    /** A host that was dead is clean again. */
    HOST_BACK,
    /** A host's silence was not held against it, for nobody had listened. */
    SILENCE_DOUBTED,
    MAINTENANCE_PLANNED,
    /** What could not stay on a host was booked elsewhere before it began. */
    MOVED,
    /** There was no other place for it, or it had begun. */
    NOT_MOVED,
    /** A reader saw that something which was said to it is lost. */
    STREAM_BROKEN,
    /** Sites had more to tell each other than fits into one digest. */
    TOLD_IN_PAGES,
    /** What was told in one page had to be answered in several. */
    ANSWERED_IN_PAGES,
    /** A digest led to a command that was given again. */
    SETTLED,
    /** A lease went on although its master does not know of it. */
    ORPHAN_KEPT,
    OPERATOR_WAS_CALLED,
    /** Nobody had a record any more of what participants had booked. */
    OPERATOR_GAVE_BACK,
    /** A reservation-service noticed that its database had been set back. */
    SET_BACK,
    TRUTH_WAS_CHECKED
}
