package dev.sepconv.bulk;

import dev.sepconv.Dims;
import dev.sepconv.InputSizes;
import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.NetworkPlan;
import dev.sepconv.PlanCache;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A lane over plans for batches of one input each. A batch that isn't full is filled up with
 * whatever was there before, whose outputs nobody looks at.
 */
public final class PlanLane implements Lane {

    private final String device;
    private final int batch;
    private final PlanCache plans;
    /** The last batch's input and outputs, made once for each size. */
    private Dims sizes;
    private Map<String, NdArray> inputs;
    private Map<String, NdArray> outputs;

    /**
     * @param plans by {@link InputSizes#of the sizes of one picture}; of {@code batch} pictures a
     * run
     */
    public PlanLane(String device, int batch, PlanCache plans) {
        this.device = device;
        this.batch = batch;
        this.plans = plans;
    }

    /** The same, where a size that can't be compiled is no reason to give up the device. */
    public static Function<InputSizes, NetworkPlan> unfit(
            Function<InputSizes, NetworkPlan> compile) {
        return sizes -> {
            try {
                return compile.apply(sizes);
            } catch (RuntimeException | OutOfMemoryError e) {
                throw new UnfitException("of the size %s it can't be run: %s".formatted(
                        sizes.inputs().values().iterator().next(),
                        e.getMessage() == null ? e.toString() : e.getMessage()), e);
            }
        };
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public List<Map<String, NdArray>> run(List<NdArray> pictures) {
        return plans.with(InputSizes.of(pictures.getFirst().dims()),
                plan -> batch == 1
                        ? List.of(plan.run(Map.of(input(plan.network()), pictures.getFirst())))
                        : run(plan, pictures));
    }

    private static String input(Network network) {
        return network.inputs().keySet().iterator().next();
    }

    private List<Map<String, NdArray>> run(NetworkPlan plan, List<NdArray> pictures) {
        Network network = plan.network();
        Dims one = pictures.getFirst().dims();
        if (!one.equals(sizes)) {
            sizes = one;
            inputs = new HashMap<>();
            outputs = new LinkedHashMap<>();
            network.inputs().forEach((name, dims) -> inputs.put(name, NdArray.zeros(dims)));
            network.outputs().forEach(name -> outputs.put(name, NdArray.zeros(network.dims(name))));
        }
        float[] together = inputs.get(input(network)).data();
        for (int i = 0; i < pictures.size(); i++) {
            System.arraycopy(pictures.get(i).data(), 0, together, i * one.elements(),
                    one.elements());
        }
        plan.run(inputs, outputs);
        List<Map<String, NdArray>> results = new ArrayList<>();
        pictures.forEach(picture -> results.add(new LinkedHashMap<>()));
        for (String name : network.outputs()) {
            List<NdArray> each = outputs.get(name).split();
            for (int i = 0; i < pictures.size(); i++) {
                results.get(i).put(name, each.get(i));
            }
        }
        return results;
    }
}
