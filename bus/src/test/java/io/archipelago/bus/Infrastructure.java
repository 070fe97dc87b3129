package io.archipelago.bus;

import io.archipelago.testkit.EmbeddedInfrastructure;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;

/** The servers that all tests of this module share. */
@WithTestResource(
        value = EmbeddedInfrastructure.class,
        scope = TestResourceScope.GLOBAL,
        initArgs = {
            @ResourceArg(name = "topics", value = Ledger.TOPIC + "," + Ledger.ANSWERS),
            @ResourceArg(name = "compacted", value = Infrastructure.ONE_PARTITION)
        })
final class Infrastructure {

    static final String ONE_PARTITION = "federation.to.osaka.v1";

    private Infrastructure() {}
}
