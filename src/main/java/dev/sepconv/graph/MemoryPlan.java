package dev.sepconv.graph;

import dev.sepconv.Network;
import dev.sepconv.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * Which arrays of a network share a buffer: those that are never alive at the same time. Greedy by
 * size: the largest array first, each into the smallest buffer that is free while it lives
 * (Pisarchyk and Lee 2020, "Efficient memory management for deep neural net inference", as
 * TensorFlow Lite does it).
 *
 * @param bufferOf the number of its buffer, from 0, for each array in the order in which they were
 * given
 * @param sizes the buffers' sizes, in the unit in which the arrays' were given
 * @param peak the largest sum of the arrays alive at once: no plan needs less
 */
public record MemoryPlan(int[] bufferOf, List<Long> sizes, long peak) {

    /**
     * How many buffers are looked at for an array: the smallest ones. With all of them a network of
     * 100,000 arrays alive at once would take minutes.
     */
    private static final int MOST_LOOKED_AT = 1_000;

    /**
     * An array that needs room.
     *
     * @param from the step that makes it, from 0
     * @param to the last step that reads it, at least {@code from}; at both it is alive
     * @param size at least 1
     * @param kind arrays share a buffer only if their kinds are equal: a layout, an element type
     */
    public record Array(String name, int from, int to, long size, Object kind) {

        public Array {
            if (to < from || size < 1) {
                throw new IllegalArgumentException(
                        "array '%s' of size %d lives from step %d to %d; it must have a size and not end before it begins"
                                .formatted(name, size, from, to));
            }
        }
    }

    /** Room for all of a size. */
    private static final class Buffer {
        private final int number;
        private final long size;
        private final Object kind;
        /** Of those that live there, which never meet: by first step the last one. */
        private final TreeMap<Integer, Integer> lives = new TreeMap<>();
        private int first = Integer.MAX_VALUE;
        private int last = -1;

        Buffer(int number, Array array) {
            this.number = number;
            size = array.size();
            kind = array.kind();
        }

        void add(Array array) {
            lives.put(array.from(), array.to());
            first = Math.min(first, array.from());
            last = Math.max(last, array.to());
        }

        int last() {
            return last;
        }

        boolean isFreeFor(Array array) {
            if (!kind.equals(array.kind())) {
                return false;
            }
            if (array.from() > last || array.to() < first) {
                return true;
            }
            return lives.size() > 1 && isBetween(array);
        }

        private boolean isBetween(Array array) {
            Map.Entry<Integer, Integer> before = lives.floorEntry(array.to());
            return before == null || before.getValue() < array.from();
        }

        /**
         * The smallest that is free for an array, of as small ones the first; null if there is none
         * among those that are looked at.
         *
         * @param buffers each at most as large as those before it
         * @param count so many of them, from the first
         */
        static Buffer smallestFor(Array array, List<Buffer> buffers, int count) {
            Buffer found = null;
            int end = Math.max(0, count - MOST_LOOKED_AT);
            for (int i = count - 1; i >= end; i--) {
                Buffer each = buffers.get(i);
                if (found != null && each.size > found.size) {
                    break;
                }
                found = each.isFreeFor(array) ? each : found;
            }
            return found;
        }
    }

    /** A plan for arrays, which stay in this order. */
    public static MemoryPlan of(List<Array> arrays) {
        List<Integer> largestFirst = new ArrayList<>(arrays.size());
        for (int i = 0; i < arrays.size(); i++) {
            largestFirst.add(i);
        }
        largestFirst.sort(Comparator.comparingLong((Integer i) -> -arrays.get(i).size())
                .thenComparingInt(i -> arrays.get(i).from()));
        List<Buffer> buffers = new ArrayList<>();
        // Those of the size of now, by kind, the first to be free first. Arrays of a size come in
        // the order in which they begin, so none of these has a gap that one could live in.
        Map<Object, PriorityQueue<Buffer>> asLarge = new HashMap<>();
        int larger = 0;
        long size = 0;
        int[] bufferOf = new int[arrays.size()];
        for (int i : largestFirst) {
            Interruption.check();
            Array array = arrays.get(i);
            if (array.size() != size) {
                size = array.size();
                larger = buffers.size();
                asLarge.clear();
            }
            PriorityQueue<Buffer> same = asLarge.computeIfAbsent(array.kind(),
                    kind -> new PriorityQueue<>(Comparator.comparingInt(Buffer::last)));
            Buffer buffer = !same.isEmpty() && same.peek().last < array.from()
                    ? same.poll()
                    : Buffer.smallestFor(array, buffers, larger);
            if (buffer == null) {
                buffer = new Buffer(buffers.size(), array);
                buffers.add(buffer);
            }
            buffer.add(array);
            if (buffer.size == size) {
                same.add(buffer);
            }
            bufferOf[i] = buffer.number;
        }
        return new MemoryPlan(bufferOf, buffers.stream().map(buffer -> buffer.size).toList(),
                peak(arrays));
    }

    /**
     * The arrays of a network that need room, with the steps of {@code network.nodes()}, from 0.
     * The network's inputs are not among them; its outputs live to the end.
     *
     * @param holder the array in whose memory one lies: itself, or for a reshape that copies
     * nothing the one it reads
     * @param size of the array of that name; 0 for one that is kept elsewhere, with all that lie in
     * its memory
     * @param kind see {@link Array#kind()}
     */
    public static List<Array> arrays(Network network, UnaryOperator<String> holder,
            ToLongFunction<String> size, Function<String, Object> kind) {
        Map<String, Integer> from = new LinkedHashMap<>();
        Map<String, Integer> to = new LinkedHashMap<>();
        for (int step = 0; step < network.nodes().size(); step++) {
            Node node = network.nodes().get(step);
            String made = holder.apply(node.output());
            from.putIfAbsent(made, step);
            to.put(made, step);
            for (String input : node.inputs()) {
                to.put(holder.apply(input), step);
            }
        }
        network.outputs().forEach(output -> to.put(holder.apply(output), network.nodes().size()));
        List<Array> arrays = new ArrayList<>();
        from.forEach((name, step) -> {
            long needed = network.inputs().containsKey(name) ? 0 : size.applyAsLong(name);
            if (needed > 0) {
                arrays.add(new Array(name, step, to.get(name), needed, kind.apply(name)));
            }
        });
        return arrays;
    }

    /** What all buffers take together. */
    public long total() {
        return sizes.stream().mapToLong(Long::longValue).sum();
    }

    private static long peak(List<Array> arrays) {
        int end = arrays.stream().mapToInt(Array::to).max().orElse(0) + 2;
        long[] changes = new long[end];
        for (Array array : arrays) {
            changes[array.from()] += array.size();
            changes[array.to() + 1] -= array.size();
        }
        long alive = 0;
        long most = 0;
        for (long change : changes) {
            alive += change;
            most = Math.max(most, alive);
        }
        return most;
    }
}
