package dev.sepconv;

import dev.sepconv.engine.Engines;

class PlainNetworkContractTest extends NetworkContract {

    @Override
    Engine open() {
        return Engines.open("plain");
    }
}
