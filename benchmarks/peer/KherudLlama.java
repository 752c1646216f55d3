import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Answers prompts with de.kherud:llama: reads one a line, and prints how many pieces of text came and how many seconds they took. Started by the benchmark jvm-peer-1, from
 * its source, in a JVM that has nothing else on its class path: {@code java -cp JARS KherudLlama.java MODEL THREADS LENGTH TOKENS}.
 */
final class KherudLlama {
    public static void main(String[] args) throws IOException {
        int threads = Integer.parseInt(args[1]);
        int tokens = Integer.parseInt(args[3]);
        var parameters = new ModelParameters()
                .setModel(args[0])
                .setThreads(threads)
                .setThreadsBatch(threads)
                .setCtxSize(Integer.parseInt(args[2]))
                .setBatchSize(2048)
                .setUbatchSize(512);
        var model = new LlamaModel(parameters);
        var prompts = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String prompt = prompts.readLine(); prompt != null; prompt = prompts.readLine()) {
            // Sampled as the engine samples.
            var inference = new InferenceParameters(prompt)
                    .setNPredict(tokens)
                    .setIgnoreEos(true)
                    .setSeed(42)
                    .setTopK(20)
                    .setTopP(0.8f)
                    .setMinP(0)
                    .setTemperature(0.7f);
            int pieces = 0;
            long start = System.nanoTime();
            for (var _ : model.generate(inference)) {
                pieces++;
            }
            System.out.println("peer: " + pieces + " " + (System.nanoTime() - start) / 1e9);
        }
        // The library's threads would keep the JVM alive.
        Runtime.getRuntime().halt(0);
    }
}
