/** What operators say to placement for all participants of the site. */
@org.jspecify.annotations.NullMarked
package io.archipelago.placement.rest;
