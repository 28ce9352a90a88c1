package dev.sepconv.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.onnx.OnnxGraph;
import dev.sepconv.reference.NetworkReference;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Numbers of other types than float32 as inputs, weights and outputs. */
class NumberTypesTest {

    private static OnnxGraph of(DataType type) {
        OnnxGraph graph = new OnnxGraph(17).input("x", 4).output("y");
        graph.graph().getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder()
                .setElemType(type.getNumber());
        return graph;
    }

    private static double[] run(OnnxGraph graph, float... x) throws IOException {
        Network network = OnnxReader.read(graph.bytes(), InputSizes.AS_IN_MODEL);
        return NetworkReference.run(network, Map.of("x", NdArray.of(Dims.of(4), x))).get("y");
    }

    @Test
    void integersGoInAndComeOut() throws IOException {
        for (DataType type : List.of(DataType.UINT8, DataType.INT8, DataType.INT32, DataType.INT64,
                DataType.BOOL)) {
            OnnxGraph graph = of(type).node("Cast", List.of("x"), "f",
                    OnnxGraph.attribute("to", (long) DataType.FLOAT_VALUE));
            graph.floats("half", Dims.of(), 0.5f).node("Mul", List.of("f", "half"), "y");
            assertArrayEquals(new double[]{0, 0.5, 0.5, 0}, run(graph, 0, 1, 1, 0));
        }
        OnnxGraph sum = of(DataType.INT64).integers("w", 3, 4, 5, 6).node("Add", List.of("x", "w"),
                "y");
        assertArrayEquals(new double[]{4, 4, 12, 6}, run(sum, 1, 0, 7, 0));
    }

    @Test
    void integersAreNotDivided() {
        OnnxGraph graph = of(DataType.INT64).integers("w", 2).node("Div", List.of("x", "w"), "y");
        String message = assertThrows(IOException.class, () -> run(graph, 1, 2, 3, 4)).getMessage();
        assertTrue(message.contains("integers would be divided when the network runs"), message);
    }

    @Test
    void anIntegerThatIsNoFloatIsRefused() {
        OnnxGraph graph = of(DataType.INT64).integers("w", (1 << 24) + 1).node("Add",
                List.of("x", "w"), "y");
        String message = assertThrows(IOException.class, () -> run(graph, 1, 2, 3, 4)).getMessage();
        assertTrue(message.contains(
                "'w' has 16777217; when the network runs integers must be from -16777216 to 16777216"),
                message);
    }

    @Test
    void halfPrecisionIsComputedWithInFloat32() throws IOException {
        OnnxGraph half = of(DataType.FLOAT16);
        half.graph().addInitializer(TensorProto.newBuilder().setName("w")
                .setDataType(DataType.FLOAT16_VALUE).addInt32Data(Float.floatToFloat16(1.5f)));
        half.node("Mul", List.of("x", "w"), "y");
        assertArrayEquals(new double[]{1.5, 3, -3, 0}, run(half, 1, 2, -2, 0));
        OnnxGraph brain = of(DataType.BFLOAT16);
        brain.graph().addInitializer(
                TensorProto.newBuilder().setName("w").setDataType(DataType.BFLOAT16_VALUE)
                        .addInt32Data(Float.floatToIntBits(-2.5f) >>> 16));
        brain.node("Mul", List.of("x", "w"), "y");
        assertArrayEquals(new double[]{-2.5, -5, 5, 0}, run(brain, 1, 2, -2, 0), 0);
    }
}
