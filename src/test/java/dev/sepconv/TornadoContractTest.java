package dev.sepconv;

import dev.sepconv.engine.Engines;
import org.junit.jupiter.api.Tag;

/**
 * Some 800 compilations, so left out unless asked for:
 * {@code mvn test -Dtest=TornadoContractTest -Dtornado.excludedGroups=none}.
 */
@Tag("device")
@Tag("slow")
class TornadoContractTest extends EngineContract {

    @Override
    Engine open() {
        return Engines.open("tornado");
    }

    /** Each is compiled three times. */
    @Override
    int fusionCases() {
        return 30;
    }
}
