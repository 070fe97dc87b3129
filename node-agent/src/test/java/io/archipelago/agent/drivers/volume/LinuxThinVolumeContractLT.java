package io.archipelago.agent.drivers.volume;

/** Volumes in a thin pool do what all volumes do. Runs on a storage host of the laboratory. */
class LinuxThinVolumeContractLT extends LinuxVolumeContractLT {

    @Override
    protected String pool() {
        return StorageFixture.THIN_POOL;
    }
}
