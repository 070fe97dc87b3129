package io.archipelago.testkit;

/** A Keycloak with the realm of local mode. */
sealed interface SignOnServer extends AutoCloseable permits EmbeddedSignOn, ContainerSignOn {

    /** What its tokens name as their issuer, and where it is asked. */
    String issuer();

    @Override
    void close();
}
