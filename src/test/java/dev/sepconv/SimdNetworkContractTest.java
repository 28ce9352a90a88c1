package dev.sepconv;

import dev.sepconv.engine.Engines;

class SimdNetworkContractTest extends NetworkContract {

    @Override
    Engine open() {
        return Engines.open("simd");
    }

    @Override
    boolean spreadsNans(Op op) {
        return simdSpreads(op);
    }

    /** Winograd's tiles (docs/numerics.md). */
    static boolean simdSpreads(Op op) {
        return op instanceof Op.Convolve convolve && convolve.layer().stages().stream()
                .anyMatch(conv -> conv.kernelHeight() == 3 && conv.kernelWidth() == 3
                        && conv.strideHeight() == 1 && conv.strideWidth() == 1
                        && !conv.isDepthwise());
    }
}
