import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks a URL `count` times, so many at a time, and prints how often each thing came of it. */
public class Ask {
  public static void main(String[] args) throws Exception {
    var url = URI.create(args[0]);
    var count = Integer.parseInt(args[1]);
    var atATime = Integer.parseInt(args[2]);
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(trusting(args[3])).build();
    var request = HttpRequest.newBuilder(url).header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{}")).build();
    Map<String, Integer> seen = new TreeMap<>();
    var left = new AtomicInteger(count);
    var people = Executors.newFixedThreadPool(atATime);
    for (var person = 0; person < atATime; person++)
      people.submit(() -> {
        while (left.getAndDecrement() > 0) {
          String what;
          try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            what = response.version() + " " + response.statusCode();
          } catch (Exception e) {
            what = e.getClass().getSimpleName() + ": " + String.valueOf(e.getMessage()).replaceAll("[/\\d.:]+", "");
          }
          synchronized (seen) { seen.merge(what, 1, Integer::sum); }
        }
      });
    people.shutdown();
    people.awaitTermination(60, TimeUnit.SECONDS);
    seen.forEach((what, times) -> System.out.println(times + " " + what));
  }

  private static SSLContext trusting(String pem) throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    try (var file = new FileInputStream(pem)) {
      store.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
