package dev.sepconv.engine;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.engine.NetworkDivision.Part;
import dev.sepconv.engine.NetworkDivision.Piece;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A part with its plan and the arrays that are cut out of whole ones. */
final class RunningPart {

    private final Part part;
    private final NetworkPlan plan;
    private final Network network;
    private final Map<String, NdArray> cut = new HashMap<>();
    /** Of the last run. */
    private long computeNanos;
    private long copyNanos;

    /** @param network of all devices */
    RunningPart(Part part, Network network, NetworkPlan plan) {
        this.part = part;
        this.plan = plan;
        this.network = network;
        for (List<Piece> pieces : List.of(part.reads(), part.makes())) {
            for (Piece piece : pieces) {
                if (piece.interval() != null) {
                    cut.put(piece.name(), NdArray.zeros(piece.dims(network.dims(piece.array()))));
                }
            }
        }
    }

    /** Cuts out what it reads, runs, and puts what it makes where it belongs. */
    <T> T run(Map<String, NdArray> whole, Function<RunningPart, T> task) {
        long start = System.nanoTime();
        for (Piece piece : part.reads()) {
            if (piece.interval() != null) {
                NdArray from = whole.get(piece.array());
                NdArray to = cut.get(piece.name());
                Interval.copy(from.data(), from.dims(), piece.interval().from(), to.data(),
                        to.dims(), 0, piece.axis(), piece.interval().size());
            }
        }
        long cutOut = System.nanoTime();
        T result = DeviceThreads.run(plan.device(), () -> task.apply(this));
        long computed = System.nanoTime();
        for (Piece piece : part.makes()) {
            if (piece.interval() != null) {
                NdArray from = cut.get(piece.name());
                NdArray to = whole.get(piece.array());
                Interval.copy(from.data(), from.dims(), 0, to.data(), to.dims(),
                        piece.interval().from(), piece.axis(), piece.interval().size());
            }
        }
        computeNanos = computed - cutOut;
        copyNanos = System.nanoTime() - computed + cutOut - start;
        return result;
    }

    /** The arrays that go in or come out: a whole one where the piece is all of it. */
    Map<String, NdArray> arrays(List<Piece> pieces, Map<String, NdArray> whole) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        pieces.forEach(piece -> arrays.put(piece.name(),
                piece.interval() == null ? whole.get(piece.array()) : cut.get(piece.name())));
        return arrays;
    }

    Part part() {
        return part;
    }

    NetworkPlan plan() {
        return plan;
    }

    /** How long it computed in its last run, with what its driver copies. */
    long computeNanos() {
        return computeNanos;
    }

    /** How long what it reads was cut out, and what it makes put into its place. */
    long copyNanos() {
        return copyNanos;
    }

    /** What it reads, of other parts too. */
    long bytesIn() {
        return part.reads().stream().mapToLong(this::bytes).sum();
    }

    long bytesOut() {
        return part.makes().stream().mapToLong(this::bytes).sum();
    }

    long bytes(Piece piece) {
        return (long) Float.BYTES * piece.dims(network.dims(piece.array())).elements();
    }
}
