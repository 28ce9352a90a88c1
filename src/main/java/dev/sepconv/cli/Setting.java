package dev.sepconv.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A system property that a {@link ConfigFile} may set: sepconv's own, and every one that TornadoVM
 * {@value #TORNADOVM} reads. Uses nothing but the JDK, as it runs before Java is started with such
 * a file.
 *
 * @param name for example {@code tornado.device.memory}
 */
record Setting(String name, Kind kind) {

    /** Of the sources that the names are from. */
    static final String TORNADOVM = "5.2.0";

    /** What a value can be. */
    enum Kind {
        BOOLEAN("true or false"),
        INTEGER("a whole number"),
        COUNT("a whole number of at least 0"),
        DECIMAL("a number"),
        /** TornadoVM reads {@code 512B} as 51 and {@code 4gb} not at all. */
        SIZE("a number of bytes, or one with KB, MB, GB or TB right after it, such as 4GB"),
        /** Options and their values in turn. */
        PAIRS("pairs of an option and its value, such as CU_JIT_OPTIMIZATION_LEVEL 4"),
        RUNTIMES("opencl, levelzero or both with a comma between, the default one first"),
        /** A true here would hide that a device fails. */
        FALSE("false: sepconv never falls back to Java in silence"),
        BITS("128, 256 or 512"),
        TEXT("set to something");

        private final String allowed;

        Kind(String allowed) {
            this.allowed = allowed;
        }

        private boolean takes(String value) {
            return switch (this) {
                case BOOLEAN -> value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
                case FALSE -> value.equalsIgnoreCase("false");
                case INTEGER -> isNumber(value, Integer.MIN_VALUE);
                case COUNT -> isNumber(value, 0);
                case DECIMAL -> value.matches("\\d{1,9}(\\.\\d{1,9})?");
                case SIZE -> isSize(value);
                case PAIRS -> value.strip().split("\\s+").length % 2 == 0;
                case RUNTIMES ->
                    Set.of("opencl", "levelzero", "opencl,levelzero", "levelzero,opencl")
                            .contains(value);
                case BITS -> Set.of("128", "256", "512").contains(value);
                case TEXT -> !value.isBlank();
            };
        }

        private static boolean isNumber(String value, int least) {
            try {
                return Integer.parseInt(value) >= least;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        private static boolean isSize(String value) {
            int unit = value.length() < 2 ? -1 : "KMGT".indexOf(value.charAt(value.length() - 2));
            boolean hasUnit = value.endsWith("B") && unit >= 0;
            try {
                long number = Long
                        .parseLong(hasUnit ? value.substring(0, value.length() - 2) : value);
                return number > 0
                        && Math.multiplyExact(number, hasUnit ? 1L << 10 * (unit + 1) : 1) > 0;
            } catch (NumberFormatException | ArithmeticException e) {
                return false;
            }
        }
    }

    private static final Map<String, Setting> BY_NAME = all();

    /** The setting of that name, or null. */
    static Setting of(String name) {
        return BY_NAME.get(name);
    }

    static Set<String> names() {
        return BY_NAME.keySet();
    }

    /**
     * What is wrong with a value, as the rest of a sentence that starts with the name; null if
     * nothing is.
     */
    String fault(String value) {
        return kind.takes(value) ? null : "is '%s'; it must be %s".formatted(value, kind.allowed);
    }

    /**
     * Of several names the one that was probably meant: the one with the same words and more, else
     * the one with the fewest slips; or null.
     */
    static String nearest(String wanted, Iterable<String> names) {
        List<String> words = List.of(wanted.toLowerCase(Locale.ROOT).split("[.-]+"));
        String best = null;
        int fewest = Math.min(wanted.length(), Math.max(2, wanted.length() / 4) + 1);
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            int slips = words.size() > 2 && List.of(lower.split("[.-]+")).containsAll(words)
                    ? 0
                    : slips(wanted.toLowerCase(Locale.ROOT), lower);
            if (slips < fewest) {
                fewest = slips;
                best = name;
            }
        }
        return best;
    }

    /**
     * How many letters must be added, left out, changed, or changed places with the next, to make
     * one word of the other.
     */
    private static int slips(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1,
                        d[i - 1][j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }

    private static Map<String, Setting> all() {
        Map<String, Setting> all = new LinkedHashMap<>();
        List<Setting> settings = new ArrayList<>();
        add(settings, Kind.TEXT, "sepconv.device sepconv.tuning");
        add(settings, Kind.BITS, "sepconv.simd.bits");
        add(settings, Kind.FALSE, "tornado.recover.bailout");
        add(settings, Kind.SIZE, "tornado.device.memory");
        add(settings, Kind.INTEGER,
                """
                        tornado.cuda.priority tornado.metal.priority tornado.opencl.priority tornado.ptx.priority tornado.spirv.priority
                        """);
        add(settings, Kind.COUNT,
                """
                        tornado.backend tornado.cuda.compute.streams tornado.device tornado.eventpool.maxwaitevents tornado.eventpool.size
                        tornado.max.events tornado.metal.threads.per.threadgroup.x tornado.metal.threads.per.threadgroup.y
                        tornado.metal.threads.per.threadgroup.z tornado.opencl.array.align tornado.opencl.gpu.block.x
                        tornado.opencl.gpu.block2d.x tornado.opencl.gpu.block2d.y tornado.panama.objectHeader tornado.ptx.array.align
                        tornado.ptx.compute.streams tornado.sketcher.threads tornado.spirv.array.align tornado.spirv.levelzero.alignment
                        tornado.staged.chunk.size tornado.staged.fill.threads tornado.staged.min.size tornado.staged.ring.depth
                        tornado.tvm.maxbytecodesize tornado.unroll.factor
                        """);
        add(settings, Kind.DECIMAL, "tornado.spirv.version");
        add(settings, Kind.PAIRS, "tornado.ptx.compiler.flags");
        add(settings, Kind.RUNTIMES, "tornado.spirv.runtimes");
        add(settings, Kind.TEXT,
                """
                        tornado.chrome.event.tracer.filename tornado.cuda.compiler.flags tornado.device.desc tornado.dump.bytecodes.dir
                        tornado.dump.to.ip tornado.features.dump.dir tornado.fpga.conf.file tornado.load.annotation.implementation
                        tornado.load.annotation.parallel tornado.load.api.implementation tornado.load.runtime.implementation
                        tornado.load.tornado.implementation tornado.metal.codecache.dir tornado.metal.compiler.flags tornado.metal.log.dir
                        tornado.metal.source.dir tornado.opencl.codecache.dir tornado.opencl.compiler.flags tornado.opencl.log.dir
                        tornado.opencl.source.dir tornado.precompiled.binary tornado.print.kernel.dir tornado.profiler.dump.dir
                        tornado.spirv.levelzero.flags tornado.ups.ip
                        """);
        add(settings, Kind.BOOLEAN,
                """
                        tornado.bifs.enable tornado.check.parameters tornado.chrome.event.tracer.enabled tornado.circularevents
                        tornado.clean.atomics.space tornado.compiled.dump tornado.compiler.bytecodeInlining tornado.compiler.fullInlining
                        tornado.concurrent.devices tornado.cuda.host.pinning tornado.deallocate.buffers tornado.debug
                        tornado.debug.kernelargs tornado.debug.lowtier tornado.enable.fastMathOptimizations tornado.enable.fix.reads
                        tornado.enable.fma tornado.enable.ip.logging tornado.enable.mathOptimizations tornado.enable.nativeFunctions
                        tornado.enable.streamOut.blocking tornado.events.dump tornado.exceptions tornado.experimental.partial.unroll
                        tornado.experimental.reduce tornado.feature.extraction tornado.fullDebug tornado.ignore.nullchecks
                        tornado.log.profiler tornado.logger.buildlir tornado.logger.codegen tornado.loop.interchange
                        tornado.metal.codecache.dump tornado.metal.codecache.enable tornado.metal.fastmath tornado.metal.profiling.enable
                        tornado.metal.source.dump tornado.metal.structuredcfg.debug tornado.metal.threadgroupHint tornado.ns.time
                        tornado.ooo-execution.enable tornado.opencl.codecache.dump tornado.opencl.codecache.enable
                        tornado.opencl.profiling.enable tornado.opencl.source.dump tornado.opencl.structuredcfg.debug
                        tornado.opencl.syncflush tornado.parallelise.auto tornado.print.bytecodes tornado.printKernel tornado.profiler
                        tornado.reuse.device.buffers tornado.scheduler.block tornado.spirv.directcall.heap
                        tornado.spirv.levelzero.extended.memory tornado.spirv.levelzero.memoryAlloc.shared tornado.spirv.loadstore
                        tornado.spirv.loopunroll tornado.spirv.returnlabel tornado.staged.transfers tornado.threadInfo
                        tornado.virtual.device tornado.vm.deps tornado.vmflush
                        """);
        settings.forEach(setting -> all.put(setting.name, setting));
        return all;
    }

    private static void add(List<Setting> settings, Kind kind, String names) {
        for (String name : names.strip().split("\\s+")) {
            settings.add(new Setting(name, kind));
        }
    }
}
