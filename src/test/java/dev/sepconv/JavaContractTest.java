package dev.sepconv;

import dev.sepconv.engine.Engines;

class JavaContractTest extends EngineContract {

    @Override
    Engine open() {
        return Engines.open("java");
    }
}
