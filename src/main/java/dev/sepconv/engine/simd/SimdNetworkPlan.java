package dev.sepconv.engine.simd;

import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.engine.simd.NetworkSchedule.Pass;
import dev.sepconv.engine.simd.NetworkSchedule.Stage;
import dev.sepconv.graph.Bindings;
import dev.sepconv.graph.MemoryPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network's steps with their arrays. */
final class SimdNetworkPlan implements NetworkPlan {

    private final Network network;
    private final Device device;
    private final Workers workers;
    private final boolean own;
    private final NetworkSchedule schedule;
    private final List<Pass> passes;
    private final Ends given;
    private final Ends taken;
    private final long intermediateBytes;
    /** Whether there was a run. */
    private boolean warm;
    private boolean closed;

    /**
     * @param own whether the workers are this plan's alone, and end with it
     */
    SimdNetworkPlan(Network network, Fusion fusion, Device device, Workers workers, boolean own) {
        this.network = network;
        this.device = device;
        this.workers = workers;
        this.own = own;
        schedule = new NetworkSchedule(network, fusion, workers.count());
        given = new Ends(schedule.inputs());
        taken = new Ends(schedule.outputs());
        intermediateBytes = allocate();
        passes = schedule.passes();
    }

    /**
     * Gives each buffer an array, the same to those that are not needed at once; how many bytes all
     * take.
     */
    private long allocate() {
        List<Stage> stages = schedule.stages();
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            stage.from().touch(i);
            if (stage.second() != null) {
                stage.second().touch(i);
            }
            stage.to().touch(i);
        }
        List<Buffer> buffers = schedule.between();
        List<MemoryPlan.Array> wanted = new ArrayList<>(buffers.size());
        for (int i = 0; i < buffers.size(); i++) {
            wanted.add(buffers.get(i).alive("array" + i));
        }
        MemoryPlan plan = MemoryPlan.of(wanted);
        Room[] arrays = new Room[plan.sizes().size()];
        for (int i = 0; i < buffers.size(); i++) {
            int array = plan.bufferOf()[i];
            if (arrays[array] == null) {
                int size = Math.toIntExact(plan.sizes().get(array));
                arrays[array] = buffers.get(i).mayShift()
                        ? schedule.memory().room(size)
                        : new Room(new float[size], 0);
            }
            buffers.get(i).hold(arrays[array]);
        }
        return Float.BYTES * plan.total();
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public Network network() {
        return network;
    }

    @Override
    public long intermediateBytes() {
        return intermediateBytes;
    }

    @Override
    public Fusion fusion() {
        return schedule.fuses() ? Fusion.FUSED : Fusion.SEPARATE;
    }

    @Override
    public Map<String, List<Integer>> winogradStages() {
        return schedule.winogradStages();
    }

    /** What is done, in this order. */
    List<Step> steps() {
        return passes.stream().map(Pass::step).toList();
    }

    @Override
    public synchronized void run(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        bind(inputs, outputs);
        for (int i = 0; i < passes.size(); i++) {
            run(passes.get(i));
        }
        warm = true;
    }

    @Override
    public synchronized List<NodeTime> profile(Map<String, NdArray> inputs,
            Map<String, NdArray> outputs) {
        bind(inputs, outputs);
        List<NodeTime> times = new ArrayList<>();
        for (Pass pass : passes) {
            long start = System.nanoTime();
            run(pass);
            long nanos = System.nanoTime() - start;
            String name = pass.node().name();
            if (!times.isEmpty() && times.getLast().node().equals(name)) {
                nanos += times.removeLast().nanos();
            }
            times.add(new NodeTime(name, pass.node().op().label(), nanos));
        }
        return times;
    }

    private void bind(Map<String, NdArray> inputs, Map<String, NdArray> outputs) {
        if (closed) {
            throw new IllegalStateException("the plan is closed");
        }
        if (!given.areIn(inputs) || !taken.areIn(outputs)) {
            Bindings.require(network, inputs, outputs);
            given.hold(inputs);
            taken.hold(outputs);
        }
    }

    /**
     * The caller's arrays: what was checked once and comes again need not be, and then a run makes
     * no object.
     */
    private static final class Ends {

        private final String[] names;
        private final Buffer[] buffers;
        private final NdArray[] arrays;

        Ends(Map<String, Buffer> ends) {
            names = ends.keySet().toArray(String[]::new);
            buffers = ends.values().toArray(Buffer[]::new);
            arrays = new NdArray[names.length];
        }

        boolean areIn(Map<String, NdArray> given) {
            boolean same = given.size() == names.length;
            for (int i = 0; same && i < names.length; i++) {
                NdArray array = given.get(names[i]);
                same = array != null && array == arrays[i];
            }
            return same;
        }

        void hold(Map<String, NdArray> given) {
            for (int i = 0; i < names.length; i++) {
                arrays[i] = given.get(names[i]);
                buffers[i].hold(arrays[i] == null ? null : arrays[i].data());
            }
        }
    }

    private void run(Pass pass) {
        if (!warm) {
            Primer.await(pass.step().hot());
        }
        workers.run(pass.step(), pass.from().floats(), pass.to().floats());
    }

    @Override
    public String toString() {
        return Bindings.inWords(this);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (own) {
            workers.close();
        }
        schedule.between().forEach(buffer -> buffer.hold((float[]) null));
        given.hold(Map.of());
        taken.hold(Map.of());
    }
}
