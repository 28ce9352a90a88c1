package dev.sepconv.report;

import dev.sepconv.engine.Engines.Missing;
import dev.sepconv.measure.Timing;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.util.ArrayList;
import java.util.List;

/**
 * Made-up surveys with all that can come: copies, failures, an interrupt, a machine without an SDK.
 * No figure is a measurement.
 */
final class Surveys {

    private Surveys() {
    }

    /** How fast a made-up device is. */
    record Speed(double gflops, double gigabytes, double launchMillis, double busGigabytes,
            double hostMillis) {
    }

    static final Speed SIMD = new Speed(220, 35, 0.012, 0, 0.004);
    static final Speed JAVA = new Speed(1.6, 6, 0.002, 0, 0.004);
    static final Speed POCL = new Speed(205, 33, 0.09, 0, 0.06);
    static final Speed GPU = new Speed(9000, 420, 0.02, 9, 0.08);
    static final Speed SMALL_GPU = new Speed(380, 40, 0.05, 7, 0.12);

    /** All variants at one size, three ladders, and one that is too large for small devices. */
    static List<Work> work() {
        List<Work> work = new ArrayList<>();
        for (String variant : List.of("standard", "grouped", "depthwise", "pointwise",
                "separable")) {
            work.add(work(variant, null, 128, 56, 128, 1));
            work.add(work(variant, null, 512, 14, 512, 1));
        }
        for (String variant : List.of("standard", "depthwise", "separable")) {
            for (int side : new int[]{4, 8, 16, 32, 64, 128, 256}) {
                work.add(work(variant, variant + " by size", 64, side, 64, 1));
            }
        }
        work.add(work("standard", null, 512, 112, 512, 16));
        return work;
    }

    static Work work(String variant, String ladder, int in, int side, int out, int batch) {
        int kernel = variant.equals("pointwise") ? 1 : 3;
        int groups = switch (variant) {
            case "depthwise", "separable" -> in;
            case "grouped" -> 4;
            default -> 1;
        };
        long pixels = (long) batch * side * side;
        long perPixel = (long) out * in / (variant.equals("separable") ? out : groups) * kernel
                * kernel + (variant.equals("separable") ? (long) in * out : 0);
        long bytes = 4 * (pixels * (in + out) + perPixel + out);
        String id = "%s %dx%dx%d s1 %d b%d".formatted(variant, in, side, side, out, batch);
        return new Work(id, variant, ladder, batch, in, side, side, out, kernel, 1, groups, "nchw",
                2 * pixels * perPixel, bytes);
    }

    static Timing timing(double median) {
        double wide = 0.03 + Math.abs(Double.hashCode(median) % 7) / 100.0;
        return new Timing(15, 10, median * (1 - wide), median * (1 - wide / 3), median,
                median * (1 + wide / 2), median * (1 + 4 * wide));
    }

    static Cell cell(Work work, Speed speed) {
        double reach = switch (work.variant()) {
            case "depthwise" -> 0.35;
            case "grouped" -> 0.5;
            default -> 0.8;
        } * (0.85 + Math.abs(work.id().hashCode() % 16) / 100.0);
        double kernel = Math.max(work.flops() / speed.gflops / 1e6,
                work.bytes() / speed.gigabytes / 1e6) / reach + speed.launchMillis;
        double share = work.bytes() / 2.0 / 1e6;
        double in = speed.busGigabytes == 0 ? 0 : share / speed.busGigabytes + 0.01;
        double total = kernel + 2 * in + speed.hostMillis + work.bytes() / 60e6;
        boolean clock = speed != SIMD && speed != JAVA;
        double counted = clock ? kernel : total;
        return new Cell(work.id(), State.OK, null,
                clock ? List.of("depthwiseNchwF32_r3", "pointwiseNchwF32_k8") : List.of(),
                clock ? 180 + 40 * reach : 1.5, total * 3 + (clock ? 320 : 2), timing(total),
                clock ? timing(kernel) : null, clock ? timing(in) : null,
                clock ? timing(in * 0.9) : null, work.flops() / counted / 1e6,
                work.bytes() / counted / 1e6, speed == GPU ? counted * 0.07 : null, 1.7e-7 * reach);
    }

    static Cell failed(Work work, State state, String error) {
        return new Cell(work.id(), state, error, List.of(), null, null, null, null, null, null,
                null, null, null, null);
    }

    static List<Cell> cells(Speed speed) {
        return work().stream().map(work -> cell(work, speed)).toList();
    }

    static Surveyed device(String engine, String id, String name, String backend, String kind,
            String driver, Double gflops, Double bandwidth, List<Cell> cells) {
        return new Surveyed(engine, id, name, backend, kind, 8L << 30, driver, gflops, bandwidth,
                State.OK, null, cells);
    }

    static Surveyed simd() {
        return device("simd", "simd", "AMD EPYC, 16 lanes", "vector-api", "cpu", null, 231.0, 41.0,
                cells(SIMD));
    }

    static Surveyed java() {
        List<Cell> cells = new ArrayList<>(cells(JAVA));
        Work last = work().getLast();
        cells.set(cells.size() - 1,
                failed(last, State.TIMED_OUT, "It took longer than 30 s and was stopped."));
        return device("java", "java", "Java on 2 cores", "jvm", "cpu", null, null, null, cells);
    }

    static Surveyed pocl() {
        List<Cell> cells = new ArrayList<>(cells(POCL));
        cells.set(cells.size() - 1, failed(work().getLast(), State.OUT_OF_MEMORY,
                "It takes 6.6 GB and the device has 4 GB; raise tornado.device.memory or use a smaller batch."));
        return device("tornado", "opencl:0:0", "pthread-skylake-avx512-AMD EPYC", "opencl", "cpu",
                "PoCL 3.1-3+deb12u1", 233.0, 32.0, cells);
    }

    static Surveyed gpu() {
        List<Cell> cells = new ArrayList<>(cells(GPU));
        Cell right = cells.get(2);
        cells.set(2,
                new Cell(right.work(), State.DISAGREES,
                        "The relative error is 0.0031; 1e-5 is allowed.", right.kernels(),
                        right.compileMillis(), right.firstRunMillis(), right.endToEnd(),
                        right.kernel(), right.copyIn(), right.copyOut(), right.gflops(),
                        right.gigabytesPerSecond(), right.energyJoules(), 0.0031));
        cells.set(3, failed(work().get(3), State.FAILED,
                "clBuildProgram failed with CL_BUILD_PROGRAM_FAILURE: error: use of undeclared identifier 'i_27' in <kernel>:41"));
        return device("tornado", "opencl:1:0", "NVIDIA RTX 4070 Laptop GPU", "opencl", "gpu",
                "555.42.02", 9800.0, 440.0, cells);
    }

    static Surveyed broken() {
        return new Surveyed("tornado", "ptx:0:0", "NVIDIA RTX 4070 Laptop GPU", "ptx", "gpu",
                8L << 30, null, null, null, State.FAILED,
                "The PTX driver could not make a context: CUDA_ERROR_NO_DEVICE (100).", List.of());
    }

    static Machine machine(String name, boolean finished, List<Missing> missing,
            List<Surveyed> devices) {
        return new Machine(name, "AMD EPYC 9B14", 2, 24L << 30, "Linux 6.1.0 amd64",
                "25.0.3+9-LTS (Eclipse Adoptium)", "0.1.0-SNAPSHOT",
                missing.isEmpty() ? "5.2.0-jdk25 (opencl, ptx)" : null, "2026-11-24T01:10:00Z",
                "sepconv compare-devices --suite mobilenet-v1", finished, missing, devices);
    }

    static Survey survey(Machine... machines) {
        return new Survey(Survey.GENERATOR, Survey.SCHEMA_VERSION, List.of("made-up"), work(),
                List.of(machines));
    }

    /** Several devices, a GPU with copies, every kind of failure. */
    static Survey workstation() {
        return survey(machine("workstation", true, List.of(),
                List.of(gpu(), pocl(), broken(), simd(), java())));
    }

    /** No SDK; stopped in the middle. */
    static Survey laptop() {
        List<Cell> cells = new ArrayList<>(cells(SIMD));
        for (int i = 12; i < cells.size(); i++) {
            cells.set(i, failed(work().get(i), State.NOT_RUN, "It was interrupted before."));
        }
        return survey(machine("laptop", false, List.of(new Missing("tornado",
                "TORNADOVM_HOME is not set; install the TornadoVM SDK and set it to its folder.")),
                List.of(device("simd", "simd", "Intel Core i7, 8 lanes", "vector-api", "cpu", null,
                        null, null, cells))));
    }

    /** A machine whose GPU is no faster than its CPU. */
    static Survey office() {
        return survey(machine("office", true, List.of(),
                List.of(device("tornado", "opencl:0:0", "Intel UHD Graphics 630", "opencl", "gpu",
                        "24.35.30872", 410.0, 38.0, cells(SMALL_GPU)), simd())));
    }
}
