package decode

import "fmt"

func tlsVersionName(v uint64) string {
	switch v {
	case 0x0300:
		return "SSL 3.0"
	case 0x0301:
		return "TLS 1.0"
	case 0x0302:
		return "TLS 1.1"
	case 0x0303:
		return "TLS 1.2"
	case 0x0304:
		return "TLS 1.3"
	}
	return ""
}

func tlsContentName(v uint64) string {
	switch v {
	case tlsChangeCipherSpec:
		return "ChangeCipherSpec"
	case tlsAlert:
		return "alert"
	case tlsHandshake:
		return "handshake"
	case tlsApplicationData:
		return "application data"
	case tlsHeartbeat:
		return "heartbeat"
	}
	return ""
}

func tlsHandshakeName(v uint64) string {
	switch v {
	case 0:
		return "HelloRequest"
	case tlsClientHello:
		return "ClientHello"
	case tlsServerHello:
		return "ServerHello"
	case 4:
		return "NewSessionTicket"
	case 8:
		return "EncryptedExtensions"
	case 11:
		return "Certificate"
	case 12:
		return "ServerKeyExchange"
	case 13:
		return "CertificateRequest"
	case 14:
		return "ServerHelloDone"
	case 15:
		return "CertificateVerify"
	case 16:
		return "ClientKeyExchange"
	case 20:
		return "Finished"
	case 22:
		return "CertificateStatus"
	}
	return ""
}

func tlsAlertName(v uint64) string {
	switch v {
	case 0:
		return "close notify"
	case 10:
		return "unexpected message"
	case 20:
		return "bad record MAC"
	case 40:
		return "handshake failure"
	case 42:
		return "bad certificate"
	case 44:
		return "certificate revoked"
	case 45:
		return "certificate expired"
	case 46:
		return "certificate unknown"
	case 47:
		return "illegal parameter"
	case 48:
		return "unknown CA"
	case 50:
		return "decode error"
	case 51:
		return "decrypt error"
	case 70:
		return "protocol version"
	case 71:
		return "insufficient security"
	case 80:
		return "internal error"
	case 112:
		return "unrecognized name"
	case 116:
		return "certificate required"
	case 120:
		return "no application protocol"
	}
	return fmt.Sprintf("%d", v)
}

func tlsExtensionName(v uint64) string {
	switch v {
	case 0:
		return "server name"
	case 5:
		return "status request"
	case 10:
		return "supported groups"
	case 11:
		return "EC point formats"
	case 13:
		return "signature algorithms"
	case 16:
		return "ALPN"
	case 18:
		return "certificate timestamp"
	case 21:
		return "padding"
	case 22:
		return "encrypt-then-MAC"
	case 23:
		return "extended master secret"
	case 35:
		return "session ticket"
	case 41:
		return "pre-shared key"
	case 42:
		return "early data"
	case 43:
		return "supported versions"
	case 45:
		return "PSK key exchange modes"
	case 51:
		return "key share"
	case 57:
		return "QUIC transport parameters"
	case 0xfe0d:
		return "encrypted ClientHello"
	case 0xff01:
		return "renegotiation info"
	}
	return greaseName(v)
}

func tlsCipherName(v uint64) string {
	switch v {
	case 0x00ff:
		return "renegotiation SCSV"
	case 0x1301:
		return "AES_128_GCM_SHA256"
	case 0x1302:
		return "AES_256_GCM_SHA384"
	case 0x1303:
		return "CHACHA20_POLY1305_SHA256"
	case 0x009c:
		return "RSA_AES_128_GCM_SHA256"
	case 0x009d:
		return "RSA_AES_256_GCM_SHA384"
	case 0xc02b:
		return "ECDHE_ECDSA_AES_128_GCM_SHA256"
	case 0xc02c:
		return "ECDHE_ECDSA_AES_256_GCM_SHA384"
	case 0xc02f:
		return "ECDHE_RSA_AES_128_GCM_SHA256"
	case 0xc030:
		return "ECDHE_RSA_AES_256_GCM_SHA384"
	case 0xcca8:
		return "ECDHE_RSA_CHACHA20_POLY1305"
	case 0xcca9:
		return "ECDHE_ECDSA_CHACHA20_POLY1305"
	}
	return greaseName(v)
}

// greaseName names the values that clients send so that servers keep ignoring what
// they do not know (RFC 8701 §2).
func greaseName(v uint64) string {
	if v&0x0f0f == 0x0a0a && v>>8 == v&0xff {
		return "GREASE"
	}
	return ""
}

func tlsGroupName(v uint64) string {
	switch v {
	case 0x0017:
		return "secp256r1"
	case 0x0018:
		return "secp384r1"
	case 0x0019:
		return "secp521r1"
	case 0x001d:
		return "x25519"
	case 0x001e:
		return "x448"
	case 0x0100:
		return "ffdhe2048"
	case 0x11ec:
		return "X25519MLKEM768"
	}
	return greaseName(v)
}

func tlsSignatureName(v uint64) string {
	switch v {
	case 0x0401:
		return "rsa_pkcs1_sha256"
	case 0x0403:
		return "ecdsa_secp256r1_sha256"
	case 0x0501:
		return "rsa_pkcs1_sha384"
	case 0x0503:
		return "ecdsa_secp384r1_sha384"
	case 0x0601:
		return "rsa_pkcs1_sha512"
	case 0x0603:
		return "ecdsa_secp521r1_sha512"
	case 0x0804:
		return "rsa_pss_rsae_sha256"
	case 0x0805:
		return "rsa_pss_rsae_sha384"
	case 0x0806:
		return "rsa_pss_rsae_sha512"
	case 0x0807:
		return "ed25519"
	case 0x0808:
		return "ed448"
	}
	return greaseName(v)
}
