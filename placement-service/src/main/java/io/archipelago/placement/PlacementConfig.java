package io.archipelago.placement;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalDouble;

/** How placement speaks of this site's capacity. */
@ConfigMapping(prefix = "placement")
public interface PlacementConfig {

    /** How often this site's free capacity is looked at, and advertised if it has changed. */
    @WithDefault("PT2S")
    Duration advertiseEvery();

    /** After what time it is advertised although it has not changed, so that peers see its age. */
    @WithDefault("PT60S")
    Duration advertiseAtLeastEvery();

    /**
     * How long what a peer has advertised is believed, by that peer's clock; longer than it takes peers to say it again. One that is not heard of for
     * longer is asked only where the others do not do.
     */
    @WithDefault("PT5M")
    Duration believeFor();

    /**
     * What an hour of a machine costs here, 0 or more, in what all sites of the federation count in: {@code CHEAPEST} compares it. Left out: none is
     * told, and the site is taken last.
     */
    OptionalDouble price();

    /** Into how many slices of time what is free is put to be advertised, 2 to 1000. */
    @WithDefault("32")
    int advertisedSlices();
}
