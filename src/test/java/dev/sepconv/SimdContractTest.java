package dev.sepconv;

import dev.sepconv.engine.Engines;

class SimdContractTest extends EngineContract {

    @Override
    Engine open() {
        return Engines.open("simd");
    }
}
