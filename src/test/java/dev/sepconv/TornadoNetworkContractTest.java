package dev.sepconv;

import dev.sepconv.engine.Engines;
import org.junit.jupiter.api.Tag;

/** On the first device of the SDK. */
@Tag("device")
class TornadoNetworkContractTest extends NetworkContract {

    @Override
    Engine open() {
        return Engines.open("tornado");
    }

    /** Each is a compilation of its own. */
    @Override
    int rounds() {
        return 1;
    }

    @Override
    int networks() {
        return 6;
    }

    /**
     * OpenCL's fmax, to which vector kernels come, gives the other number: a NaN ends at a ReLU
     * there. That is a defect still.
     */
    @Override
    boolean maximaKeepNans() {
        return false;
    }

}
