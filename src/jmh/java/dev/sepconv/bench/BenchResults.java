package dev.sepconv.bench;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.Fusion;
import dev.sepconv.engine.MemoryCopy;
import dev.sepconv.engine.simd.VectorPeak;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.measure.Timing;
import dev.sepconv.report.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of a run, and its JSON.
 *
 * @param date when, in UTC
 * @param rounds how many medians are of
 * @param layout of our tensors; ONNX Runtime's are NCHW
 * @param geomean ratio by engine, whole run: {@link #geomeans}
 * @param kernelGeomean the same for kernel time, for engines that have one
 */
record BenchResults(Machine machine, String date, int rounds, int batch, String layout,
        List<Row> rows, Map<String, Double> geomean, Map<String, Double> kernelGeomean) {

    static final String PEER = "onnxruntime";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What it was measured on.
     *
     * @param peakGflops multiply-adds on registers by the Vector API on all threads, in GFLOP/s
     * @param copyGBps a copy between arrays that no cache holds, read and written bytes together,
     * in GB/s
     * @param cacheCopyGBps a copy between arrays that fit in each core's second cache
     * @param devicePeakGflops multiply-adds on registers by a TornadoVM kernel, by device
     */
    record Machine(String cpu, String os, String java, String onnxruntime, int threads,
            double peakGflops, double copyGBps, double cacheCopyGBps,
            Map<String, Double> devicePeakGflops) {

        /** Measures the machine; the devices are measured by those who have them open. */
        static Machine measure(int threads, Map<String, Double> devicePeakGflops) {
            Environment here = Environment.here("");
            return new Machine(here.cpu(), here.os(), here.java(),
                    OrtEnvironment.getEnvironment().getVersion(), threads,
                    VectorPeak.gflops(threads), MemoryCopy.ofMemory(threads),
                    MemoryCopy.ofCache(threads), devicePeakGflops);
        }

        Roofline roofline() {
            return new Roofline(peakGflops, copyGBps);
        }
    }

    /**
     * A block on an engine.
     *
     * @param count how often the block counts in the geometric mean
     * @param fusion how it was asked to run a chain: separate or fused; null where the engine chose
     * @param kernelMillis how long the device was busy with kernels; null where there is no
     * profiler
     * @param endToEndMillis from host tensor to host tensor
     * @param quartileMillis the lower and upper quartile of {@code endToEndMillis}
     * @param ratio how much faster than the peer, from host tensor to host tensor: its time over
     * ours
     * @param kernelRatio the same for kernel time; null where there is none
     * @param gflops by kernel time where there is one
     * @param peakShare {@code gflops} over the machine's peak
     * @param devicePeakShare {@code gflops} over what a register-only kernel reaches on the device;
     * null off TornadoVM
     * @param intensity floating-point operations a byte that must be moved:
     * {@link Blocks.Block#bytes()}
     * @param gbPerSecond those bytes over the time
     * @param rooflineGflops the least of the peak and {@code intensity} times the copy bandwidth of
     * memory
     * @param rooflineShare {@code gflops} over that; above 1 where caches hold the tensors from run
     * to run
     * @param othersShare what other programs had of the processors while the block was measured;
     * null where that is not known
     */
    record Row(String block, String variant, int count, String engine, String fusion, String device,
            Double kernelMillis, double endToEndMillis, double[] quartileMillis, String peer,
            double peerMillis, double[] peerQuartileMillis, double ratio, Double kernelRatio,
            double gflops, double peakShare, Double devicePeakShare, double intensity,
            double gbPerSecond, double rooflineGflops, double rooflineShare, Double othersShare) {

        static Row of(Blocks.Block block, String engine, Fusion fusion, String device,
                Race.Times ours, Race.Times peer, Machine machine, Double othersShare) {
            double median = Timing.median(ours.runMillis());
            Double kernel = ours.kernelMillis() == null
                    ? null
                    : (Double) Timing.median(ours.kernelMillis());
            double busy = kernel == null ? median : kernel;
            double peerMedian = Timing.median(peer.runMillis());
            double gflops = block.flops() / busy / 1e6;
            Double devicePeak = machine.devicePeakGflops().get(device);
            double roof = machine.roofline().attainable(block.intensity());
            return new Row(block.name(), block.variant(), block.count(), engine,
                    fusion == Fusion.AUTO ? null : fusion.name().toLowerCase(Locale.ROOT), device,
                    kernel, median, quartiles(ours.runMillis()), PEER, peerMedian,
                    quartiles(peer.runMillis()), peerMedian / median,
                    kernel == null ? null : (Double) (peerMedian / kernel), gflops,
                    gflops / machine.peakGflops(),
                    devicePeak == null ? null : (Double) (gflops / devicePeak), block.intensity(),
                    block.bytes() / busy / 1e6, roof, gflops / roof, othersShare);
        }

        /** The engine, and how it was asked to run a chain: {@code "simd fused"}. */
        String who() {
            return fusion == null ? engine : engine + " " + fusion;
        }

        private static double[] quartiles(double[] millis) {
            return new double[]{Timing.quantile(millis, 0.25), Timing.quantile(millis, 0.75)};
        }
    }

    static BenchResults of(Machine machine, String date, int rounds, int batch, String layout,
            List<Row> rows) {
        return new BenchResults(machine, date, rounds, batch, layout, rows, geomeans(rows, false),
                geomeans(rows, true));
    }

    /**
     * Geometric means of the ratios, each block counted as often as its network has it. The keys
     * are {@link Row#who} where the rows are of one variant; of several, the engine and the variant
     * with a blank between, as {@code "simd standard"}: means over layers of different kinds would
     * say nothing.
     */
    static Map<String, Double> geomeans(List<Row> rows, boolean kernel) {
        boolean single = rows.stream().map(Row::variant).distinct().count() <= 1;
        Map<String, Double> means = new LinkedHashMap<>();
        for (Row row : rows) {
            List<Row> alike = rows.stream().filter(
                    each -> each.who().equals(row.who()) && each.variant().equals(row.variant()))
                    .toList();
            if (!kernel || row.kernelRatio() != null) {
                means.put(single ? row.who() : row.who() + " " + row.variant(),
                        Statistics.geometricMean(alike.stream()
                                .map(each -> kernel ? each.kernelRatio() : (Double) each.ratio())
                                .toList(), alike.stream().map(Row::count).toList()));
            }
        }
        return means;
    }

    void write(Path file) throws IOException {
        byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        AtomicFile.write(file, out -> out.write(text));
    }

    static BenchResults read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), BenchResults.class);
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new IOException("%s: it holds no run of scripts/bench (%s)".formatted(file,
                    e.getOriginalMessage()), e);
        }
    }
}
