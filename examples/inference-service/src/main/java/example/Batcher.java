package example;

import dev.sepconv.NdArray;
import dev.sepconv.Network;
import dev.sepconv.PlanPool;
import dev.sepconv.Sepconv;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * Runs requests in batches: a lane takes what waits, up to the largest batch, joins it to one input
 * and shares the output out again. Requests that come while all lanes are busy are the next batch,
 * so that batches grow with the load and a lone request waits for nobody.
 *
 * <p>
 * There are plans for 1, 2, 4 … pictures; 7 run as 4, 2 and 1, so that no room is computed for
 * nothing and few plans have to be kept.
 */
final class Batcher implements AutoCloseable {

    /** @param rows the first dimension of every input */
    private record Request(Map<String, NdArray> inputs, int rows, long end,
            CompletableFuture<Map<String, NdArray>> answer) {
    }

    private static final Request STOP = new Request(Map.of(), 0, 0, new CompletableFuture<>());

    private final TreeMap<Integer, PlanPool> plans = new TreeMap<>();
    private final BlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private final List<Thread> lanes = new ArrayList<>();
    private final int most;
    private final Duration delay;
    private final IntConsumer ran;
    private boolean closed;

    /**
     * Compiles the plans and warms them up.
     *
     * @param network for one picture: every input and output begins with 1
     * @param ran is told how many pictures each batch had
     * @throws IllegalArgumentException if the network can't take several pictures and should
     */
    Batcher(Sepconv sepconv, Network network, Settings settings, IntConsumer ran) {
        this.most = settings.batch();
        this.delay = settings.delay();
        this.ran = ran;
        try {
            for (int size = 1; size <= most; size *= 2) {
                Network batch = size == 1 ? network : Sepconv.batch(network, size);
                plans.put(size, sepconv.pool(batch, settings.lanes()));
            }
            plans.values().forEach(PlanPool::warmUp);
        } catch (RuntimeException | Error e) {
            plans.values().forEach(PlanPool::close);
            throw e;
        }
        for (int i = 0; i < settings.lanes(); i++) {
            lanes.add(Thread.ofPlatform().name("lane " + i).start(this::work));
        }
    }

    /**
     * Queues a request; how many may wait is the caller's to bound.
     *
     * @param inputs of the network's sizes, but for their first dimension, which is {@code rows}
     * @param limit after which the request isn't begun any more
     * @return the outputs, or what the device threw, or {@link TimeoutException}
     * @throws RejectedExecutionException if this is closed
     */
    CompletableFuture<Map<String, NdArray>> submit(Map<String, NdArray> inputs, int rows,
            Duration limit) {
        Request request = new Request(inputs, rows, System.nanoTime() + limit.toNanos(),
                new CompletableFuture<>());
        synchronized (this) {
            if (closed) {
                throw new RejectedExecutionException("the service is stopping");
            }
            queue.add(request);
        }
        return request.answer();
    }

    private void work() {
        Request next = null; // taken, and not run yet
        while (true) {
            List<Request> batch = new ArrayList<>();
            try {
                Request first = next == null ? queue.take() : next;
                if (first == STOP) {
                    queue.add(STOP); // for the next lane
                    return;
                }
                batch.add(first);
                next = fill(batch);
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a lane", e);
            }
            run(batch);
        }
    }

    /** Adds what waits, or comes soon; returns what was taken and has no room. */
    private Request fill(List<Request> batch) throws InterruptedException {
        long until = System.nanoTime() + delay.toNanos();
        int rows = batch.getFirst().rows();
        while (rows < most) {
            Request more = queue.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (more == null || more == STOP || rows + more.rows() > most) {
                return more;
            }
            batch.add(more);
            rows += more.rows();
        }
        return null;
    }

    private void run(List<Request> waiting) {
        List<Request> batch = new ArrayList<>();
        for (Request request : waiting) {
            // one whose client was answered already is not computed
            if (request.end() - System.nanoTime() < 0) {
                request.answer().completeExceptionally(new TimeoutException());
            } else {
                batch.add(request);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        try {
            Map<String, List<NdArray>> outputs = compute(batch);
            int from = 0;
            for (Request request : batch) {
                int to = from + request.rows();
                Map<String, NdArray> answer = new LinkedHashMap<>();
                for (Map.Entry<String, List<NdArray>> output : outputs.entrySet()) {
                    answer.put(output.getKey(),
                            NdArray.concat(output.getValue().subList(from, to)));
                }
                request.answer().complete(answer);
                from = to;
            }
        } catch (RuntimeException | Error e) {
            // all of the batch learn of it; the lane goes on with the next
            batch.forEach(request -> request.answer().completeExceptionally(e));
        }
    }

    /** Each output's rows, in the order of the requests. */
    private Map<String, List<NdArray>> compute(List<Request> batch) {
        Map<String, List<NdArray>> rows = new LinkedHashMap<>();
        for (String input : plans.get(1).network().inputs().keySet()) {
            rows.put(input, batch.stream()
                    .flatMap(request -> request.inputs().get(input).split().stream()).toList());
        }
        int count = rows.values().iterator().next().size();
        Map<String, List<NdArray>> outputs = new LinkedHashMap<>();
        for (int from = 0; from < count;) {
            Map.Entry<Integer, PlanPool> plan = plans.floorEntry(count - from);
            int to = from + plan.getKey();
            Map<String, NdArray> inputs = new LinkedHashMap<>();
            for (Map.Entry<String, List<NdArray>> input : rows.entrySet()) {
                inputs.put(input.getKey(), NdArray.concat(input.getValue().subList(from, to)));
            }
            plan.getValue().run(inputs).forEach((name, output) -> outputs
                    .computeIfAbsent(name, any -> new ArrayList<>()).addAll(output.split()));
            ran.accept(to - from);
            from = to;
        }
        return outputs;
    }

    /** Runs what waits to its end, then gives the plans' memory back. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            queue.add(STOP);
        }
        for (Thread lane : lanes) {
            boolean interrupted = false;
            while (lane.isAlive()) {
                try {
                    lane.join();
                } catch (InterruptedException e) {
                    interrupted = true; // plans can't be closed under a run
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        plans.values().forEach(PlanPool::close);
    }
}
