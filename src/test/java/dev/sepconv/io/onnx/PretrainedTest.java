package dev.sepconv.io.onnx;

import dev.sepconv.InputSizes;
import dev.sepconv.Pretrained;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pretrained networks, read, and run in float64: what ONNX Runtime gives. */
class PretrainedTest {

    @ParameterizedTest
    @EnumSource
    void isWhatOnnxRuntimeGives(Pretrained.Model model) throws IOException {
        check(model.read());
    }

    @Test
    @Tag("slow")
    void textDetectorLarge() throws IOException {
        check(Pretrained.Model.TEXT_DETECTOR.read(InputSizes.AS_IN_MODEL.withPicture(320, 480)));
    }

    private static void check(Pretrained pretrained) {
        Map<String, double[]> values = NetworkReference.run(pretrained.network(),
                pretrained.inputs());
        pretrained.check(values::get);
    }
}
