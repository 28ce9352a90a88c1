package dev.sepconv;

import dev.sepconv.engine.Engines;

class SimdNetworkContractTest extends NetworkContract {

    @Override
    Engine open() {
        return Engines.open("simd");
    }
}
