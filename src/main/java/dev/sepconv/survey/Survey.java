package dev.sepconv.survey;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.sepconv.engine.Engines;
import dev.sepconv.measure.Timing;
import java.util.List;

/**
 * The document {@code devices.json}: what each device of one or several machines made of the same
 * work. Its component names are its keys; what was not measured is null.
 * {@code docs/devices-schema.json} is its schema.
 *
 * @param generator always {@value #GENERATOR}
 * @param schemaVersion raised when a key goes or changes its meaning; new keys don't raise it
 * @param suites names of the suites that the work comes from
 * @param work every convolution that was run, in the order in which it is shown; cells name it by
 * its id
 * @param machines at least one; several after a merge
 */
@JsonPropertyOrder({"generator", "schemaVersion", "suites", "work", "machines"})
public record Survey(String generator, int schemaVersion, List<String> suites, List<Work> work,
        List<Machine> machines) {

    public static final String GENERATOR = "sepconv compare-devices";
    public static final int SCHEMA_VERSION = 1;

    /**
     * A convolution, or a chain of two, on an input of one shape.
     *
     * @param id unique, for example {@code separable 128x56x56 s1 128 b1}
     * @param variant {@code standard}, {@code grouped}, {@code depthwise}, {@code pointwise} or
     * {@code separable}
     * @param ladder the name of the ladder of growing sizes it is a rung of, from which a crossover
     * is read; null if of none
     * @param groups of a grouped convolution; 1 for a standard one, {@code inChannels} for a
     * depthwise one
     * @param flops floating-point operations; a multiply-add is two
     * @param bytes read and written by a perfect cache: input, weights, biases and output, each
     * once; no intermediate
     */
    public record Work(String id, String variant, String ladder, int batch, int inChannels,
            int height, int width, int outChannels, int kernel, int stride, int groups,
            String layout, long flops, long bytes) {
    }

    /**
     * One computer on one day.
     *
     * @param name what its owner calls it; its host name unless told
     * @param memoryBytes of the host
     * @param tornadoVm version of the SDK, with backends; null without one
     * @param date when it began, ISO 8601 UTC
     * @param command what was typed
     * @param finished false if it was interrupted: cells that were not reached are
     * {@link State#NOT_RUN}
     * @param missing engines and backends that could not take part and what would add them
     */
    public record Machine(String name, String cpu, int processors, long memoryBytes, String os,
            String java, String sepconv, String tornadoVm, String date, String command,
            boolean finished, List<Engines.Missing> missing, List<Surveyed> devices) {
    }

    /**
     * A device and what it did.
     *
     * @param driver name and version as far as the device tells; null if it doesn't
     * @param gflopsPeak measured: the most that a kernel of multiply-adds in registers reached;
     * null if it could not be measured
     * @param bandwidthPeak measured: bytes read and written by a copy of large arrays in device
     * memory, in 10^9 bytes a second
     * @param state {@link State#OK} if it could be opened and took part; else why not stands in
     * {@code error}
     * @param error one sentence, or null
     */
    public record Surveyed(String engine, String id, String name, String backend, String kind,
            long memoryBytes, String driver, Double gflopsPeak, Double bandwidthPeak, State state,
            String error, List<Cell> cells) {
    }

    /** What became of a device or a cell. */
    public enum State {
        /** It ran and agrees with the float64 reference. */
        OK,
        /** It ran and its result is wrong. */
        DISAGREES,
        /** It failed. */
        FAILED,
        /** There is not enough memory. */
        OUT_OF_MEMORY,
        /** It took longer than it may and was stopped. */
        TIMED_OUT,
        /**
         * It was not begun: an interrupt, its device had failed before, or it would take too long.
         */
        NOT_RUN
    }

    /**
     * One piece of work on one device.
     *
     * @param work the id of a {@link Work}
     * @param error one sentence, or null
     * @param kernels names of the catalogue's kernels; empty if the engine has kernels of its own
     * @param compileMillis from the layer to a plan, cold
     * @param firstRunMillis the first run after that, cold: drivers compile then
     * @param endToEnd of {@code Plan.run}, warm, from host tensor to host tensor
     * @param kernel time on the device in kernels, warm; null where the engine has no clock of its
     * own for it
     * @param copyIn host to device; null as above
     * @param copyOut device to host; null as above
     * @param gflops of the kernel's median where it is known, else of the whole run's
     * @param gigabytesPerSecond {@link Work#bytes()} by the same time
     * @param energyJoules of one run, where the driver tells; else null
     * @param relativeError largest difference from the float64 reference over the reference's
     * largest magnitude
     */
    public record Cell(String work, State state, String error, List<String> kernels,
            Double compileMillis, Double firstRunMillis, Timing endToEnd, Timing kernel,
            Timing copyIn, Timing copyOut, Double gflops, Double gigabytesPerSecond,
            Double energyJoules, Double relativeError) {
    }
}
