package io.archipelago.placement.persistence;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.NullUnmarked;

/** How far a peer was when a link last measured it. */
@Entity
@Table(name = "peer_path")
@NullUnmarked
public class PeerPathRow {

    @Id
    String site;

    Instant at;

    @Column(name = "round_trip_millis")
    double roundTripMillis;
}
