package dev.sepconv.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.generator.KernelTiles.Family;
import dev.sepconv.generator.KernelTiles.KernelTile;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelTilesTest {

    @Test
    void aTilesNameAndMethodSayWhatItIs() {
        KernelTile tile = KernelTile.of(Family.SEPARABLE_VECTORS, 8, 32).width(3, 1).checked();
        assertEquals("separableNhwcF32_s3u1v16p8", tile.name());
        assertEquals("s3u1p8k32", tile.method());
        assertEquals("pointwiseNhwcF32_v16p8k16",
                KernelTile.of(Family.POINTWISE_VECTORS, 8, 16).checked().name());
        assertEquals("groupedNchwF32_local32x128x16i2x8",
                KernelTile.of(Family.GROUPED_LOCAL_NCHW, 32, 128).items(2, 8, 16).checked().name());
        assertEquals("pointwiseNchwF32_local32x64x16i8x4x2", KernelTile
                .of(Family.POINTWISE_LOCAL_NCHW, 32, 64).items(8, 4, 16).parts(2).checked().name());
        assertEquals("depthwiseNchwF32_s3u2p4",
                KernelTile.of(Family.DEPTHWISE_LINES_NCHW, 4, 1).width(3, 2).checked().name());
    }

    @Test
    void aTileMoreIsAMethodMore() {
        String source = VectorKernels.source("PointwiseVectorConv",
                List.of(KernelTile.of(Family.POINTWISE_VECTORS, 8, 32),
                        KernelTile.of(Family.POINTWISE_VECTORS, 5, 16)));
        assertTrue(source.contains("public static void p8k32("), source);
        assertTrue(source.contains("public static void p5k16("), source);
        assertTrue(source.contains("sum71 = Float16.add(sum71, Float16.mult(weight1, value7));"),
                source);
    }

    @Test
    void aLineOfWhichNoLoopsCanBeMadeIsRefused() {
        List<KernelTile> tiles = List.of(KernelTile.of(Family.POINTWISE_VECTORS, 7, 48),
                KernelTile.of(Family.POINTWISE_VECTORS, 7, 24),
                KernelTile.of(Family.POINTWISE_VECTORS, 0, 32),
                KernelTile.of(Family.GROUPED_VECTORS, 7, 32).width(3, 1),
                KernelTile.of(Family.DEPTHWISE_ROW, 7, 16),
                KernelTile.of(Family.DEPTHWISE_VECTORS, 4, 32),
                KernelTile.of(Family.GROUPED_BLOCKS_NCHW, 2, 8),
                KernelTile.of(Family.GROUPED_BLOCKS_NHWC, 4, 2),
                KernelTile.of(Family.DEPTHWISE_BLOCKS_NCHW, 1, 4),
                KernelTile.of(Family.POINTWISE_LOCAL_NHWC, 64, 64),
                KernelTile.of(Family.DEPTHWISE_LINES_NCHW, 7, 1),
                KernelTile.of(Family.DEPTHWISE_LINES_NCHW, 7, 2).width(3, 1),
                KernelTile.of(Family.POINTWISE_LOCAL_NHWC, 48, 64).items(3, 4, 16),
                KernelTile.of(Family.POINTWISE_LOCAL_NHWC, 64, 64).items(5, 4, 16),
                // halves of 6 channels, of which 4 are multiplied at a time
                KernelTile.of(Family.POINTWISE_LOCAL_NCHW, 32, 64).items(4, 4, 12).parts(2),
                // sums of 64 KiB; 8 channels in 16 parts
                KernelTile.of(Family.POINTWISE_LOCAL_NCHW, 64, 64).items(4, 4, 16).parts(4),
                KernelTile.of(Family.POINTWISE_LOCAL_NCHW, 32, 32).items(8, 8, 8).parts(16));
        for (KernelTile tile : tiles) {
            String message = assertThrows(IllegalArgumentException.class, tile::checked)
                    .getMessage();
            assertTrue(message.startsWith("tile is " + tile + "; must be "), message);
        }
    }
}
