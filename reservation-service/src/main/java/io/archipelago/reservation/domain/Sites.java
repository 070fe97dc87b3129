package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import java.util.Map;

/**
 * The sites that this one can plan with.
 *
 * @param own this site
 * @param numbers the number of every known site, this one's included
 */
public record Sites(SiteId own, Map<SiteId, Integer> numbers) {

    public Sites {
        numbers = Map.copyOf(numbers);
    }

    int number(SiteId site) {
        Integer number = numbers.get(site);
        if (number == null) {
            throw new IllegalArgumentException("no such peer: " + site);
        }
        return number;
    }
}
