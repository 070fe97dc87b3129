package io.archipelago.bus;

import io.archipelago.testkit.EmbeddedInfrastructure;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;

/** The servers that all tests of this module share. */
@WithTestResource(
        value = EmbeddedInfrastructure.class,
        scope = TestResourceScope.GLOBAL,
        initArgs = @ResourceArg(name = "topics", value = Ledger.TOPIC))
final class Infrastructure {

    private Infrastructure() {}
}
