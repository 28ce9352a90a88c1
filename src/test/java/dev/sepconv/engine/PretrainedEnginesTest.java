package dev.sepconv.engine;

import dev.sepconv.Engine;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Pretrained;
import dev.sepconv.zoo.TfjsReference;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every pretrained network on every engine: the ONNX ones against ONNX Runtime on the same file,
 * the TensorFlow.js ones against stored numbers of its own run, every layer that is left after
 * simplification.
 */
class PretrainedEnginesTest {

    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @EnumSource
    void simdGivesWhatOnnxRuntimeGives(Pretrained.Model model) throws IOException {
        check("simd", model);
    }

    @ParameterizedTest
    @EnumSource
    void javaGivesWhatOnnxRuntimeGives(Pretrained.Model model) throws IOException {
        check("java", model);
    }

    /** TornadoVM compiles each task by itself: half a minute a network. */
    @ParameterizedTest
    @EnumSource
    @Tag("device")
    @Tag("slow")
    void tornadoGivesWhatOnnxRuntimeGives(Pretrained.Model model) throws IOException {
        check("tornado", model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd", "java"})
    void enginesGiveWhatTensorFlowGives(String engine) throws IOException {
        checkTensorFlow(engine);
    }

    @ParameterizedTest
    @ValueSource(strings = "tornado")
    @Tag("device")
    @Tag("slow")
    void devicesGiveWhatTensorFlowGives(String engine) throws IOException {
        checkTensorFlow(engine);
    }

    private static void check(String engineName, Pretrained.Model model) throws IOException {
        Pretrained pretrained = model.read();
        try (Engine engine = Engines.open(engineName);
                NetworkPlan plan = engine.compile(pretrained.network(),
                        engine.devices().getFirst())) {
            Map<String, NdArray> outputs = plan.run(pretrained.inputs());
            pretrained.check(name -> widened(outputs.get(name)));
        }
    }

    private static void checkTensorFlow(String engineName) throws IOException {
        for (TfjsReference reference : List.of(TfjsReference.tinyXception(),
                TfjsReference.mobileNetSsd())) {
            List<String> stored = reference.layers().stream().map(TfjsReference.Layer::name)
                    .toList();
            // Every layer is asked for once, so that none hides behind another; nothing can be
            // fused then.
            Network every = reference.network().withOutputs(stored.stream().distinct().toList());
            for (Network network : List.of(reference.network(), every)) {
                try (Engine engine = Engines.open(engineName);
                        NetworkPlan plan = engine.compile(network, engine.devices().getFirst())) {
                    Map<String, NdArray> outputs = plan.run(Map.of("input", reference.input()));
                    reference.layers().stream().filter(layer -> outputs.containsKey(layer.name()))
                            .forEach(layer -> reference.check(layer,
                                    widened(outputs.get(layer.name())), TOLERANCE));
                }
            }
        }
    }

    private static double[] widened(NdArray array) {
        return IntStream.range(0, array.data().length).mapToDouble(i -> array.data()[i]).toArray();
    }
}
