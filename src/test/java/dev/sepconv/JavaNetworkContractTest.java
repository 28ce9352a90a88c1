package dev.sepconv;

import dev.sepconv.engine.Engines;

class JavaNetworkContractTest extends NetworkContract {

    @Override
    Engine open() {
        return Engines.open("java");
    }
}
