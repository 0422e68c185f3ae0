// Asks a URL `count` times, so many at a time, and prints how often each thing came of it.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

func main() {
	url, pem, address := os.Args[1], os.Args[4], os.Args[5]
	count, _ := strconv.Atoi(os.Args[2])
	atATime, _ := strconv.Atoi(os.Args[3])
	authority, err := os.ReadFile(pem)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	var dialer net.Dialer
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
	}}
	var lock sync.Mutex
	seen := map[string]int{}
	tasks := make(chan int)
	var people sync.WaitGroup
	for person := 0; person < atATime; person++ {
		people.Add(1)
		go func() {
			defer people.Done()
			for range tasks {
				what := ask(client, url)
				lock.Lock()
				seen[what]++
				lock.Unlock()
			}
		}()
	}
	for task := 0; task < count; task++ {
		tasks <- task
	}
	close(tasks)
	people.Wait()
	for what, times := range seen {
		fmt.Println(times, what)
	}
}

func ask(client *http.Client, url string) string {
	response, err := client.Post(url, "application/json", strings.NewReader("{}"))
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("HTTP_%d %d", response.ProtoMajor, response.StatusCode)
}
