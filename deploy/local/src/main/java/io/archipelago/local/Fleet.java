package io.archipelago.local;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The hosts of a site: simulated ones, which one agent on this machine plays, or real ones, each with an agent of its own.
 *
 * @param compute how many are there for machines
 * @param gateways how many are there for links
 * @param storage how many are there for volumes
 * @param brokerAddress the address at which real hosts reach the site's broker; empty if they are simulated
 */
public record Fleet(int compute, int gateways, int storage, String brokerAddress) {

    public static final Fleet SIMULATED = new Fleet(20, 2, 2, "");

    private static final TypeReference<Map<String, Fleet>> BY_SITE = new TypeReference<>() {};

    @JsonIgnore
    public boolean isSimulated() {
        return brokerAddress.isEmpty();
    }

    /**
     * From now on the stack of a home has real hosts.
     *
     * @param fleets by site
     * @throws IOException if the home holds data of other hosts
     */
    public static void use(Path home, Map<String, Fleet> fleets) throws IOException {
        refuseOthers(home, fleets);
        Home of = new Home(home);
        of.create();
        JsonFiles.write(of.fleets(), fleets);
    }

    /**
     * Looks whether a home can have these hosts.
     *
     * @throws IOException if it holds data of other hosts
     */
    public static void refuseOthers(Path home, Map<String, Fleet> fleets) throws IOException {
        Home of = new Home(home);
        if (!chosen(of).equals(fleets) && of.hasData()) {
            throw new IOException("What " + of.root() + " holds is of other hosts; remove it first: ./vc down --purge."
                    + " Or keep it, and name another directory in " + Home.VARIABLE);
        }
    }

    /** The hosts of a home are gone: without data, it may have any others. */
    public static void forget(Path home) throws IOException {
        Home of = new Home(home);
        if (of.isOurs() && !of.hasData()) {
            of.purge();
        }
    }

    /** The real hosts that a home was made for; empty if its hosts are simulated. */
    static Map<String, Fleet> chosen(Home home) throws IOException {
        return Files.exists(home.fleets()) ? JsonFiles.read(home.fleets(), BY_SITE) : Map.of();
    }
}
