/** What tests of every module share: servers, tokens, architecture rules. No production code depends on it. */
@NullMarked
package io.archipelago.testkit;

import org.jspecify.annotations.NullMarked;
