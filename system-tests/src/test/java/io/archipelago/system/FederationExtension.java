package io.archipelago.system;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the two sites. They are started once for all classes, which therefore leave nothing behind. */
final class FederationExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(FederationExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Federation.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return federation(context);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Federation federation = federation(context);
        federation.restore();
        federation.assertNoMishaps();
    }

    /** The root's store closes it when the last class is through. */
    private static Federation federation(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(
                        Federation.class,
                        key -> {
                            try {
                                return Federation.start();
                            } catch (Exception e) {
                                throw new IllegalStateException("the two sites do not start", e);
                            }
                        },
                        Federation.class);
    }
}
