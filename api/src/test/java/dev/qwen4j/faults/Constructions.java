package dev.qwen4j.faults;

import dev.qwen4j.Context;
import dev.qwen4j.EvalListener;
import dev.qwen4j.EvalNode;
import dev.qwen4j.EvalTensor;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.ThreadPool;
import dev.qwen4j.ThreadPoolOptions;
import dev.qwen4j.nano.Nano;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** Everything that makes native things, each under a name; what it makes is closed by whoever called it. */
public final class Constructions implements Callable<Map<String, Callable<AutoCloseable>>>, AutoCloseable {
    private static final String TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}";

    private final Model model = Model.load(Nano.file());
    private final Context context =
            model.newContext(options -> options.length(256).threads(1));
    private final Sampler sampler = context.newSampler(
            Sampling.builder().topK(9).custom("nothing", () -> candidates -> {}).draw(1));
    private final ThreadPool pool = ThreadPool.start(ThreadPoolOptions.of(1));
    private final ThreadPool batchPool = ThreadPool.start(ThreadPoolOptions.of(2));

    @Override
    public Map<String, Callable<AutoCloseable>> call() {
        var all = new LinkedHashMap<String, Callable<AutoCloseable>>();
        all.put("Model.load", () -> Model.load(Nano.file(), options -> options.progress(fraction -> true)));
        all.put(
                "Model.newContext",
                () -> model.newContext(options -> options.length(256).threads(1)));
        all.put(
                "Model.newContext with two kinds of threads and an eval listener",
                () -> model.newContext(options ->
                        options.length(256).threads(1).batchThreads(2).evalListener(new Indifferent())));
        all.put(
                "Model.newContext with a companion",
                () -> model.newContext(options -> options.length(256).threads(1).companion(context)));
        all.put("Context.newSampler", () -> context.newSampler(Sampling.qwen3Thinking()));
        all.put("Sampler.copy", sampler::copy);
        all.put("Sampler.attach", () -> {
            sampler.attach(0);
            return sampler::detach;
        });
        all.put("Model.chatTemplate", () -> model.chatTemplate(TEMPLATE));
        all.put("ThreadPool.start", () -> ThreadPool.start(ThreadPoolOptions.of(2)));
        all.put("Context.attach", () -> {
            context.attach(pool, batchPool);
            return () -> {};
        });
        return all;
    }

    /** Fails unless everything still works. */
    public void check() {
        sampler.detach();
        context.clear();
        context.decode(model.tokenizer().encode("Hello"));
    }

    @Override
    public void close() {
        // The pools first: they must live on until the context is freed.
        pool.close();
        batchPool.close();
        model.close();
    }

    private static final class Indifferent implements EvalListener {
        @Override
        public boolean wants(EvalNode node) {
            return false;
        }

        @Override
        public void computed(EvalTensor tensor) {}
    }
}
