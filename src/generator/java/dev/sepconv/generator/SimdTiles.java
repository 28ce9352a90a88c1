package dev.sepconv.generator;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every tile of the simd engine, a line each: what the compiler keeps in registers at once. All
 * else, the loops and which tile a machine takes, follows from these lists.
 */
final class SimdTiles {

    private static final Path ROOT = Path.of("src/main/java/dev/sepconv/engine/simd/gen");

    /**
     * Of convolutions that mix channels, those of one machine with as many pixels, and the widest
     * first.
     */
    static final List<PixelTile> PIXEL_TILES = List.of(new PixelTile(32, 7, 2, false, """
            14 sums where AVX-512 and ARM have 32 registers; and 7 divides the picture
            sizes of most networks."""), new PixelTile(32, 7, 1, false, """
            One vector of output channels: for groups and ends that don't fill more."""),
            new PixelTile(16, 6, 2, false, """
                    12 of the 16 registers that AVX2 has; any more would spill."""),
            new PixelTile(16, 6, 1, false, """
                    For ends: the whole panel would take twice as many multiply-adds."""),
            new PixelTile(16, 6, 2, true, """
                    Two groups share a panel: one vector alone has too few sums at once."""));

    /**
     * @param registers of the machines that take it
     * @param pixels from each of them a number is broadcast
     * @param vectors of output channels
     * @param apart whether each vector is of a group of its own
     */
    record PixelTile(int registers, int pixels, int vectors, boolean apart, String why) {
    }

    /** Of the same for few numbers of pixels that lie evenly, on machines with 32 registers. */
    static final List<EvenTile> EVEN_TILES = List.of(new EvenTile(14, 2, """
            28 sums of 32 registers; and 14 divides most blocks of pixels."""),
            new EvenTile(14, 1, "One vector of output channels."));

    /**
     * @param pixels from each of them a number is broadcast
     * @param vectors of output channels
     */
    record EvenTile(int pixels, int vectors, String why) {
    }

    /** Of the same for pictures of few channels. */
    static final List<EvenTile> PICTURE_TILES = List.of(new EvenTile(13, 2, """
            26 sums of 32 registers: with 28 one lies in memory, since each number's index is
            tested and several numbers are loaded at a time."""),
            new EvenTile(13, 1, "One vector of output channels."));

    /** Of depthwise convolution; the first that suits is taken, and the last suits all. */
    static final List<RowTile> DEPTHWISE_TILES = List.of(new RowTile(4, 3, 1, """
            Taps as far apart as the pixels: each of the six columns is loaded once a row."""),
            new RowTile(4, 3, 0, "The loop over columns written out."),
            new RowTile(4, 5, 1, "The same of eight columns."),
            new RowTile(4, 0, 0, "Any kernel."));

    /** Of the same, two pixels of two rows, on machines with fewer registers than 32. */
    static final List<SquareTile> DEPTHWISE_SQUARES = List.of(new SquareTile(3, 1, """
            Four rows of the input serve both rows of the output."""),
            new SquareTile(3, 2, "Of five rows one serves both."));

    /**
     * @param kernel its height and width
     * @param stride from one pixel to the next, and from one row to the next, in taps
     */
    record SquareTile(int kernel, int stride, String why) {
    }

    /** Of the same 3x3, two rows from end to end, on machines with 32 registers. */
    static final List<SlidingTile> SLIDING_TILES = List.of(new SlidingTile(1, """
            Nine taps and the sums of three pixels of each row. Most of the depthwise work of most
            networks is done here."""), new SlidingTile(2, "The sums of two pixels of each row."));

    /**
     * @param stride from one pixel to the next, and from one row to the next
     */
    record SlidingTile(int stride, String why) {
    }

    /** Of the same on one vector of channels that was brought together; first the widest. */
    static final List<SlabTile> DEPTHWISE_SLABS = List.of(new SlabTile(32, 7, """
            With a row's taps 14 of 32 registers at most; and 7 divides the picture sizes of most
            networks."""), new SlabTile(16, 4, "With a row's taps 11 of 16 registers at most."));

    /**
     * @param registers of the machines that take it
     * @param pixels of a row
     */
    record SlabTile(int registers, int pixels, String why) {
    }

    /** Of grouped convolution, a vector of filters of one group. */
    static final List<RowTile> GROUP_TILES = List.of(new RowTile(7, 3, 1, """
            With their sums 11 of 16 registers are taken; and 7 divides the picture sizes of most
            networks."""));

    /** Of grouped convolution, several groups a vector; as {@link #DEPTHWISE_TILES}. */
    static final List<RowTile> NARROW_GROUP_TILES = List.of(new RowTile(4, 3, 1, """
            Taps as far apart as the pixels: each of the six columns is permuted once a row."""),
            new RowTile(4, 0, 0, "Any kernel."));

    /**
     * Neighbouring pixels of a row.
     *
     * @param kernelWidth 0 for any
     * @param stride from one pixel to the next, in taps; 0 for any
     */
    record RowTile(int pixels, int kernelWidth, int stride, String why) {
    }

    /** Of convolution with few channels a group on planes, most filters first. */
    static final List<PlaneTile> PLANE_TILES = List.of(new PlaneTile(4, 2, """
            Eight sums, and each weight that is broadcast serves two vectors."""),
            new PlaneTile(2, 4, "As many sums from pixels side by side."),
            new PlaneTile(1, 4, "Four chains of multiply-adds, so that none waits for itself."));

    /**
     * @param vectors of neighbouring pixels
     */
    record PlaneTile(int filters, int vectors, String why) {
    }

    /** Of depthwise 3x3 convolution on planes. */
    static final PlaneRows PLANE_ROWS = new PlaneRows(4, """
            Each row of the input is loaded once for the three output rows that it meets.""");

    /**
     * @param rows at once
     */
    record PlaneRows(int rows, String why) {
    }

    private SimdTiles() {
    }

    static Map<Path, String> files() {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(ROOT.resolve("PixelTile.java"), PixelTiles.source(PIXEL_TILES));
        files.put(ROOT.resolve("EvenTile.java"), EvenTiles.source(EVEN_TILES));
        files.put(ROOT.resolve("PictureTile.java"), EvenTiles.pictures(PICTURE_TILES));
        files.put(ROOT.resolve("DepthwiseTile.java"),
                RowTiles.depthwise(DEPTHWISE_TILES, DEPTHWISE_SQUARES));
        files.put(ROOT.resolve("SlidingTile.java"), SlidingTiles.source(SLIDING_TILES));
        files.put(ROOT.resolve("DepthwiseSlabTile.java"), RowTiles.slabs(DEPTHWISE_SLABS));
        files.put(ROOT.resolve("GroupTile.java"), RowTiles.group(GROUP_TILES));
        files.put(ROOT.resolve("NarrowGroupTile.java"), RowTiles.narrowGroup(NARROW_GROUP_TILES));
        files.put(ROOT.resolve("PlaneTile.java"), PlaneTiles.fewChannels(PLANE_TILES));
        files.put(ROOT.resolve("DepthwisePlaneTile.java"), PlaneTiles.depthwise(PLANE_ROWS));
        files.put(ROOT.resolve("WinogradTile.java"), WinogradTiles.source());
        return files;
    }
}
