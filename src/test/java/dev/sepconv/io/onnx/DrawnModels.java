package dev.sepconv.io.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;

/** Small models of one operator each, every operator that is read among them. */
public final class DrawnModels {

    private static final List<String> OPERATORS = List.copyOf(OperatorTest.operators());

    private DrawnModels() {
    }

    /** A model that is right as it is; any numbers will do. */
    public static ModelProto drawn(int operator, long seed) {
        return OperatorTest.drawn(OPERATORS.get(Math.floorMod(operator, OPERATORS.size())), seed)
                .model();
    }
}
