"""HTTP/1.1 (RFC 9112) between sockets and the service: connections, requests, replies. Knows nothing of what is asked.

A library reads (llhttp through httptools) and a library waits (uvloop); what lies between is ours, since the servers
there are cannot send trailers, end a broken stream like a whole one, or say nothing of a client that has left.
"""
