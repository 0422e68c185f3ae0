// Go's own HTTP/2, as either side: `client ORIGIN`, or `server HOST:PORT [PEM]`.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	if os.Args[1] == "client" {
		ask(os.Args[2])
	} else {
		serve(os.Args[2], os.Args[3:])
	}
}

func protocols() *http.Protocols {
	var all http.Protocols
	all.SetUnencryptedHTTP2(true)
	all.SetHTTP2(true)
	return &all
}

var client = &http.Client{Transport: &http.Transport{
	Protocols: protocols(),
	HTTP2:     &http.HTTP2Config{SendPingTimeout: 20 * time.Millisecond, PingTimeout: time.Minute},
}}

// Prints how often each size came back, and what came of what is odd.
func ask(origin string) {
	echoed := map[string]int{}
	for _, size := range []int{0, 10, 100_000} {
		echoed[strconv.Itoa(size)] = echoes(origin, size)
	}
	_, cut := get(context.Background(), origin+"/cut")
	refused, err := client.Post(origin+"/refuse", "", bytes.NewReader(make([]byte, 3_000_000)))
	if err != nil {
		panic(err)
	}
	defer refused.Body.Close()
	said, _ := io.ReadAll(refused.Body)
	told := map[string]any{
		"echoed": echoed,
		"cut":    fmt.Sprint(cut),
		"refuse": fmt.Sprint(refused.StatusCode, " ", string(said)),
		"cancel": cancel(origin),
	}
	for _, path := range []string{"/leave", "/of/10"} {
		body, err := get(context.Background(), origin+path)
		told[path] = fmt.Sprint(len(body), err)
	}
	json.NewEncoder(os.Stdout).Encode(told)
}

func echoes(origin string, size int) int {
	content := bytes.Repeat([]byte("m"), size)
	var all sync.WaitGroup
	var lock sync.Mutex
	good := 0
	for number := range 50 {
		all.Go(func() {
			isGood := echo(origin, content, strconv.Itoa(number))
			lock.Lock()
			defer lock.Unlock()
			if isGood {
				good++
			}
		})
	}
	all.Wait()
	return good
}

func echo(origin string, content []byte, number string) bool {
	// A reader of no known length, so that trailers may follow.
	request, _ := http.NewRequest("POST", origin+"/echo", io.MultiReader(bytes.NewReader(content)))
	request.Header.Set("x-number", number)
	request.Header.Set("x-again", "the same for each, and so in both tables")
	request.Trailer = http.Header{"X-Late": {"1"}}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return err == nil && response.ProtoMajor == 2 && bytes.Equal(body, content) &&
		response.Header.Get("x-number") == number
}

func get(ctx context.Context, url string) ([]byte, error) {
	request, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// Cancels an answer that has begun, after some PINGs.
func cancel(origin string) string {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	request, _ := http.NewRequestWithContext(ctx, "GET", origin+"/endless", nil)
	response, err := client.Do(request)
	if err != nil {
		return err.Error()
	}
	time.AfterFunc(100*time.Millisecond, stop)
	_, err = io.ReadAll(response.Body)
	return fmt.Sprint(err)
}

func serve(address string, pem []string) {
	http.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for name, values := range r.Header {
			if strings.HasPrefix(name, "X-") {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Trailer", "X-Late")
		w.Write(body)
		w.Header().Set("X-Late", "1")
	})
	http.HandleFunc("/of/{bytes}", func(w http.ResponseWriter, r *http.Request) {
		count, _ := strconv.Atoi(r.PathValue("bytes"))
		w.Write(bytes.Repeat([]byte("m"), count))
	})
	http.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		begin(w)
		panic(http.ErrAbortHandler)
	})
	cancelled := make(chan bool, 100)
	http.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		begin(w)
		<-r.Context().Done()
		cancelled <- true
	})
	// Answers once an endless one has been cancelled.
	http.HandleFunc("/cancelled", func(w http.ResponseWriter, r *http.Request) { <-cancelled })
	http.HandleFunc("/refuse", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		io.WriteString(w, "too much")
	})
	http.HandleFunc("/leave", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
	})
	server := http.Server{Addr: address, Protocols: protocols()}
	if len(pem) > 0 {
		panic(server.ListenAndServeTLS(pem[0], pem[0]))
	}
	panic(server.ListenAndServe())
}

func begin(w http.ResponseWriter) {
	w.Write(bytes.Repeat([]byte("m"), 1000))
	w.(http.Flusher).Flush()
}
