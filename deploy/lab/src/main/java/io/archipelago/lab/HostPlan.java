package io.archipelago.lab;

import java.util.List;

/** A host as it is to be built. Its first network interface is the one of the management network. */
record HostPlan(String name, Role role, List<Nic> nics) {

    HostPlan {
        nics = List.copyOf(nics);
    }

    /** In the management network, without the length of the prefix. */
    String address() {
        String address = nics.getFirst().address();
        if (address == null) {
            throw new IllegalStateException(name + " has no address in the management network");
        }
        return address.substring(0, address.indexOf('/'));
    }
}
