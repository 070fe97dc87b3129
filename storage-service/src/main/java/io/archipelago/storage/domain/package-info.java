/** Choosing pools and exporting volumes. Read {@link io.archipelago.storage.domain.StorageLogic} first. */
@NullMarked
package io.archipelago.storage.domain;

import org.jspecify.annotations.NullMarked;
