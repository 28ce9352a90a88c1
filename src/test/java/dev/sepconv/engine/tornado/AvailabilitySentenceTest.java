package dev.sepconv.engine.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What TornadoVM 5.2 says when it can't start, in its words, and what sepconv makes of it. */
class AvailabilitySentenceTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    [ERROR] CUDADriver JNI Library not found | install NVIDIA's driver and CUDA toolkit
                    /sdk/lib/libtornado-ptx.so: undefined symbol: cuInit | install NVIDIA's driver and CUDA toolkit
                    libnvrtc.so.13: cannot open shared object file: No such file or directory | (libnvrtc)
                    should not reach here: Unsupported CUDA toolkit version: 0.0. Please consider upgrading | install a newer driver
                    [ERROR] device required not found: 0 - Max: 0 | of several types at once
                    [ERROR]-[PTX-DRIVER] Device required not found: 0 - Max: 0 | install the device's driver
                    No OpenCL platforms | install an OpenCL driver""")
    void oneSentenceWithTheFix(String message, String fix) {
        String sentence = Availability.sentence(message);
        assertTrue(sentence.contains(fix), sentence);
        assertFalse(sentence.contains("check that TORNADOVM_HOME"), sentence);
        assertEquals(1, sentence.lines().count(), sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.0.0", "6.0.0-jdk25", "7.1", "10.0"})
    void newerSeriesAreRecognised(String version) {
        assertTrue(Availability.isTooNew(version));
    }

    @Test
    void theTestedSeriesIsNot() {
        assertFalse(Availability.isTooNew("5.2.0-jdk25"));
        assertFalse(Availability.isTooNew(""));
    }

    @Test
    void signalsAreExposedOnLinuxWithoutLibjsig() {
        assertTrue(Availability.signalsAreExposed("Linux", ""));
        assertTrue(Availability.signalsAreExposed("Linux", "/usr/lib/libother.so"));
        assertFalse(Availability.signalsAreExposed("Linux", "/a.so:/jdk/lib/libjsig.so"));
        assertFalse(Availability.signalsAreExposed("Mac OS X", ""));
    }
}
